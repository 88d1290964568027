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
        ('orders', '0001_orders'),
        ('places', '0001_places'),
        ('residents', '0001_residents'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClosingReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('figures', models.JSONField(default=dict)),
                ('remark', models.TextField(blank=True, default='')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closing_reports', to='places.area')),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='closing_report', to='orders.modechange')),
            ],
        ),
        migrations.CreateModel(
            name='Instruction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('title', models.CharField(max_length=80)),
                ('text', models.TextField()),
                ('is_urgent', models.BooleanField(default=False)),
                ('sent_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('sent_by', models.BigIntegerField(null=True)),
                ('post', models.CharField(blank=True, default='', max_length=60)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_reason', models.CharField(blank=True, default='', max_length=400)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instructions', to='places.area')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'sent_at'], name='instruction_when')],
                'constraints': [models.UniqueConstraint(fields=('area', 'ref'), name='instruction_once')],
            },
        ),
        migrations.CreateModel(
            name='InstructionReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(default='unread', max_length=10)),
                ('read_at', models.DateTimeField(null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('remark', models.CharField(blank=True, default='', max_length=400)),
                ('answered_by', models.BigIntegerField(null=True)),
                ('post', models.CharField(blank=True, default='', max_length=60)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instruction_receipts', to='places.area')),
                ('instruction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='command.instruction')),
                ('receiver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'state'], name='receipt_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('receiver', None)), fields=('instruction', 'area'), name='receipt_area_once'), models.UniqueConstraint(condition=models.Q(('receiver__isnull', False)), fields=('instruction', 'receiver'), name='receipt_post_once')],
            },
        ),
        migrations.CreateModel(
            name='ModeRehearsal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(max_length=10)),
                ('reason', models.CharField(max_length=400)),
                ('figures', models.JSONField(default=dict)),
                ('rehearsed_at', models.DateTimeField()),
                ('rehearsed_by', models.BigIntegerField(null=True)),
                ('post', models.CharField(blank=True, default='', max_length=60)),
                ('client_ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mode_rehearsals', to='places.area')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'client_ref'), name='mode_rehearsal_once')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(max_length=10)),
                ('due_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField()),
                ('figures', models.JSONField()),
                ('remark', models.CharField(blank=True, default='', max_length=400)),
                ('sent_by', models.BigIntegerField(null=True)),
                ('post', models.CharField(blank=True, default='', max_length=60)),
                ('client_ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='places.area')),
                ('to_area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'sent_at'], name='report_when')],
                'constraints': [models.UniqueConstraint(fields=('area', 'client_ref'), name='report_once'), models.UniqueConstraint(condition=models.Q(('due_at__isnull', False)), fields=('area', 'due_at'), name='report_due_once')],
            },
        ),
        migrations.CreateModel(
            name='TakeOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=400)),
                ('telephone', models.CharField(blank=True, default='', max_length=40)),
                ('starts_at', models.DateTimeField()),
                ('started_by', models.BigIntegerField(null=True)),
                ('started_post', models.CharField(blank=True, default='', max_length=60)),
                ('ends_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, default='', max_length=400)),
                ('ended_by', models.BigIntegerField(null=True)),
                ('ended_post', models.CharField(blank=True, default='', max_length=60)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='takeovers', to='places.area')),
                ('by_area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at', None)), fields=('area', 'by_area'), name='takeover_one_standing')],
            },
        ),
        migrations.CreateModel(
            name='EmergencyAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('post', models.CharField(blank=True, default='', max_length=60)),
                ('reason', models.CharField(max_length=400)),
                ('found_by', models.CharField(max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('looks', models.PositiveSmallIntegerField(default=0)),
                ('told', models.PositiveSmallIntegerField(default=0)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('household', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.household')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergency_accesses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'ends_at'], name='emergency_access_user')],
                'constraints': [models.UniqueConstraint(fields=('community', 'ref'), name='emergency_access_once')],
            },
        ),
    ]
