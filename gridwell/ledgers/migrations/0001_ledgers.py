import django.db.models.deletion
import gridwell.core.fields
import gridwell.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('file_name', models.CharField(max_length=200)),
                ('file_hash', models.CharField(max_length=64)),
                ('file_path', models.CharField(blank=True, default='', max_length=200)),
                ('file_key', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('state', models.CharField(default='reading', max_length=12)),
                ('mapping', models.JSONField(blank=True, default=dict)),
                ('report', models.JSONField(blank=True, default=dict)),
                ('findings', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('error', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.BigIntegerField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.BigIntegerField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'created_at'], name='import_when')],
                'constraints': [models.UniqueConstraint(fields=('community', 'ref'), name='import_ref_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('table', models.CharField(max_length=40)),
                ('row', models.BigIntegerField(null=True)),
                ('payload', gridwell.core.fields.EncryptedTextField()),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('ledger_import', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='ledgers.ledgerimport')),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'ledger_import'], name='import_change')],
            },
        ),
        migrations.CreateModel(
            name='DuplicateAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=64)),
                ('answer', models.CharField(max_length=6)),
                ('resident', models.BigIntegerField(null=True)),
                ('answered_at', models.DateTimeField()),
                ('answered_by', models.BigIntegerField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('ledger_import', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='ledgers.ledgerimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'ledger_import', 'question'), name='duplicate_answer_once')],
            },
        ),
        migrations.CreateModel(
            name='ColumnMemory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('header', models.CharField(max_length=120)),
                ('field', models.CharField(max_length=40)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.BigIntegerField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'header'), name='column_memory_once')],
            },
        ),
        migrations.CreateModel(
            name='ExportLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('layout', models.CharField(max_length=80)),
                ('rows', models.PositiveIntegerField()),
                ('is_masked', models.BooleanField(default=True)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.BigIntegerField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'made_at'], name='export_when')],
            },
        ),
        migrations.CreateModel(
            name='Layout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('columns', models.JSONField(default=list)),
                ('title', models.CharField(blank=True, default='', max_length=120)),
                ('rows', models.CharField(default='person', max_length=10)),
                ('made_at', models.DateTimeField()),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'name'), name='layout_once')],
            },
        ),
    ]
