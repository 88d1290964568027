import gridwell.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref, unique=True)),
                ('kind', models.CharField(max_length=60)),
                ('community', models.BigIntegerField(null=True)),
                ('subject', models.CharField(blank=True, default='', max_length=120)),
                ('payload', models.JSONField(default=dict)),
                ('state', models.CharField(default='queued', max_length=12)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('message', models.CharField(blank=True, default='', max_length=400)),
                ('result', models.JSONField(default=dict)),
                ('stop_asked', models.BooleanField(default=False)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('created_by', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('run_after', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('beat_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'run_after'], name='job_claim')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running']), models.Q(('subject', ''), _negated=True)), fields=('community', 'kind', 'subject'), name='job_open_once')],
            },
        ),
    ]
