import django.db.models.deletion
import gridwell.core.fields
import gridwell.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_accounts'),
        ('accounts', '__first__'),
        ('places', '0001_places'),
        ('residents', '0001_residents'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_by', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feeds', to='accounts.post')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feeds', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('user__isnull', True), ('post__isnull', True), _connector='XOR'), name='feed_of_user_or_post')],
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_by', models.BigIntegerField(blank=True, null=True)),
                ('source', models.CharField(blank=True, default='', max_length=60)),
                ('name', models.CharField(blank=True, default='', max_length=40)),
                ('telephone', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('unit', models.CharField(blank=True, default='', max_length=80)),
                ('remark', models.CharField(blank=True, default='', max_length=200)),
                ('ended_reason', models.CharField(blank=True, default='', max_length=400)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('grid', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='places.grid')),
                ('place', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='places.place')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'superseded_at'], name='charge_community')],
                'constraints': [models.CheckConstraint(condition=models.Q(('place__isnull', True), ('grid__isnull', True), _connector='XOR'), name='charge_of_place_or_grid')],
            },
        ),
        migrations.CreateModel(
            name='FourParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_by', models.BigIntegerField(blank=True, null=True)),
                ('source', models.CharField(blank=True, default='', max_length=60)),
                ('name', models.CharField(blank=True, default='', max_length=40)),
                ('telephone', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('unit', models.CharField(blank=True, default='', max_length=80)),
                ('remark', models.CharField(blank=True, default='', max_length=200)),
                ('ended_reason', models.CharField(blank=True, default='', max_length=400)),
                ('party', models.CharField(max_length=12)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('household', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='residents.household')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post')),
                ('resident', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='residents.resident')),
                ('site', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='places.place')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'superseded_at'], name='party_community')],
            },
        ),
        migrations.CreateModel(
            name='Helper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_by', models.BigIntegerField(blank=True, null=True)),
                ('source', models.CharField(blank=True, default='', max_length=60)),
                ('name', models.CharField(blank=True, default='', max_length=40)),
                ('telephone', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('unit', models.CharField(blank=True, default='', max_length=80)),
                ('remark', models.CharField(blank=True, default='', max_length=200)),
                ('ended_reason', models.CharField(blank=True, default='', max_length=400)),
                ('role', models.CharField(max_length=12)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('household', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='helpers', to='residents.household')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post')),
                ('resident', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='helpers', to='residents.resident')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'superseded_at'], name='helper_community')],
                'constraints': [models.CheckConstraint(condition=models.Q(('household__isnull', True), ('resident__isnull', True), _connector='XOR'), name='helper_of_household_or_resident'), models.UniqueConstraint(condition=models.Q(('ends_at', None), ('household__isnull', False), ('superseded_at', None)), fields=('community', 'household', 'role'), name='helper_once_household'), models.UniqueConstraint(condition=models.Q(('ends_at', None), ('resident__isnull', False), ('superseded_at', None)), fields=('community', 'resident', 'role'), name='helper_once_resident')],
            },
        ),
        migrations.CreateModel(
            name='ImportTrace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('state', models.CharField(default='done', max_length=10)),
                ('lines', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('made', models.JSONField(default=dict)),
                ('made_by', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'source'], name='import_trace_source')],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('remark', models.CharField(blank=True, default='', max_length=100)),
                ('override_reason', models.CharField(blank=True, default='', max_length=200)),
                ('made_by', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='accounts.post')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'starts_at'], name='shift_community'), models.Index(fields=['user', 'starts_at'], name='shift_user')],
                'constraints': [models.UniqueConstraint(fields=('community', 'ref'), name='shift_ref_once'), models.UniqueConstraint(condition=models.Q(('cancelled_at', None)), fields=('community', 'post', 'user', 'starts_at', 'ends_at'), name='shift_once'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='shift_forwards')],
            },
        ),
    ]
