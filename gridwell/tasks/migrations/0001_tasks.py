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
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('kind', models.CharField(max_length=30)),
                ('subject_kind', models.CharField(default='none', max_length=10)),
                ('subject', models.BigIntegerField(default=0)),
                ('title', models.CharField(blank=True, default='', max_length=120)),
                ('words', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('facts', models.JSONField(default=dict)),
                ('origin', models.CharField(max_length=10)),
                ('basis', models.CharField(max_length=80)),
                ('slot', models.CharField(default='once', max_length=12)),
                ('state', models.CharField(default='open', max_length=10)),
                ('is_urgent', models.BooleanField(default=False)),
                ('rank', models.PositiveSmallIntegerField(default=100)),
                ('starts_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('needs_check', models.BooleanField(db_default=False, default=False)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, default='', max_length=20)),
                ('level', models.CharField(blank=True, default='', max_length=12)),
                ('raised_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.BigIntegerField(null=True)),
                ('changed_at', models.DateTimeField()),
                ('building', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('grid', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.grid')),
                ('place', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='accounts.post')),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ('open', 'taken', 'cannot'))), fields=['community', 'due_at'], name='task_open'), models.Index(condition=models.Q(('state__in', ('open', 'taken', 'cannot'))), fields=['post', 'due_at'], name='task_post_open'), models.Index(fields=['community', 'slot', 'kind'], name='task_slot'), models.Index(fields=['community', 'building'], name='task_building'), models.Index(fields=['community', 'subject_kind', 'subject'], name='task_subject'), models.Index(fields=['community', 'done_at'], name='task_done'), models.Index(condition=models.Q(('needs_check', True), ('state', 'done')), fields=['community'], name='task_to_check')],
                'constraints': [models.UniqueConstraint(fields=('community', 'kind', 'subject_kind', 'subject', 'basis', 'slot'), name='task_once'), models.UniqueConstraint(fields=('community', 'ref'), name='task_ref_once')],
            },
        ),
        migrations.CreateModel(
            name='TaskEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, default='', max_length=20)),
                ('note', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('facts', models.JSONField(default=dict)),
                ('key', models.CharField(blank=True, default='', max_length=64)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post')),
                ('task', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='tasks.task')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'task', 'at'], name='task_event_when'), models.Index(fields=['user', 'at'], name='task_event_user')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('community', 'task', 'key'), name='task_event_key_once')],
            },
        ),
        migrations.CreateModel(
            name='TaskProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('path', models.CharField(blank=True, default='', max_length=120)),
                ('file_key', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('digest', models.CharField(blank=True, default='', max_length=64)),
                ('size', models.PositiveIntegerField(default=0)),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('count', models.PositiveIntegerField(null=True)),
                ('happened_at', models.DateTimeField()),
                ('where', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('event', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='tasks.taskevent')),
                ('task', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proofs', to='tasks.task')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'ref'), name='proof_ref_once')],
            },
        ),
        migrations.CreateModel(
            name='TaskTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('kind', models.CharField(max_length=30)),
                ('title', models.CharField(blank=True, default='', max_length=120)),
                ('rhythm', models.CharField(default='daily', max_length=8)),
                ('weekdays', models.JSONField(default=list)),
                ('hour', models.PositiveSmallIntegerField(default=18)),
                ('modes', models.JSONField(default=list)),
                ('spread', models.CharField(default='area', max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('created_by', models.BigIntegerField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.post')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'ref'), name='task_template_ref_once')],
            },
        ),
    ]
