from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('community', models.BigIntegerField(primary_key=True, serialize=False)),
                ('sequence', models.BigIntegerField(default=0)),
                ('digest', models.CharField(default='', max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('community', models.BigIntegerField()),
                ('sequence', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('act', models.CharField(max_length=80)),
                ('user', models.BigIntegerField(null=True)),
                ('post', models.CharField(blank=True, default='', max_length=60)),
                ('subject_kind', models.CharField(blank=True, default='', max_length=60)),
                ('subject', models.BigIntegerField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=400)),
                ('facts', models.JSONField(default=dict)),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'subject_kind', 'subject', 'at'], name='audit_subject'), models.Index(fields=['community', 'at', 'id'], name='audit_when'), models.Index(fields=['at', 'id'], name='audit_time'), models.Index(fields=['community', 'act', 'sequence'], name='audit_act'), models.Index(fields=['community', 'user', 'sequence'], name='audit_user')],
                'constraints': [models.UniqueConstraint(fields=('community', 'sequence'), name='audit_sequence_once')],
            },
        ),
        migrations.CreateModel(
            name='AuditSubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('community', models.BigIntegerField()),
                ('subject_kind', models.CharField(max_length=60)),
                ('subject', models.BigIntegerField()),
                ('sequence', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'sequence'], name='audit_subjects_of')],
                'constraints': [models.UniqueConstraint(fields=('community', 'subject_kind', 'subject', 'sequence'), name='audit_subject_once')],
            },
        ),
    ]
