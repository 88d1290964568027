import django.db.models.deletion
import gridwell.core.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_accounts'),
        ('accounts', '__first__'),
        ('places', '0001_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuietTime',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='quiet_time', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('starts', models.TimeField()),
                ('ends', models.TimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('address', gridwell.core.fields.EncryptedTextField()),
                ('secret', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('label', models.CharField(blank=True, default='', max_length=40)),
                ('is_on', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='channels', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('facts', models.JSONField(default=dict)),
                ('link', models.CharField(blank=True, default='', max_length=300)),
                ('is_urgent', models.BooleanField(default=False)),
                ('key', models.CharField(max_length=160)),
                ('created_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-created_at'], name='message_of_user'), models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['user'], name='message_unseen'), models.Index(fields=['community', 'key'], name='message_key')],
                'constraints': [models.UniqueConstraint(fields=('community', 'user', 'key'), name='message_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('due_at', models.DateTimeField()),
                ('claim', models.UUIDField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('fault', models.CharField(blank=True, default='', max_length=20)),
                ('fault_detail', models.CharField(blank=True, default='', max_length=120)),
                ('ended_at', models.DateTimeField(null=True)),
                ('channel', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deliveries', to='notify.channel')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('message', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notify.message')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['due_at'], name='delivery_open')],
                'constraints': [models.UniqueConstraint(fields=('community', 'message', 'channel'), name='delivery_once')],
            },
        ),
    ]
