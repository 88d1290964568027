import django.db.models.deletion
import gridwell.core.fields
import gridwell.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('code', models.BigIntegerField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('level', models.CharField(choices=[('province', 'province'), ('city', 'city'), ('district', 'district'), ('subdistrict', 'subdistrict'), ('community', 'community')], max_length=12)),
                ('is_invented', models.BooleanField(default=False)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='places.area')),
                ('replaced_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.area')),
            ],
            options={
                'indexes': [models.Index(fields=['level', 'code'], name='area_level')],
            },
        ),
        migrations.CreateModel(
            name='CommunityProfile',
            fields=[
                ('community', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='profile', serialize=False, to='places.area')),
                ('grid_low', models.PositiveIntegerField(default=100)),
                ('grid_high', models.PositiveIntegerField(default=500)),
                ('micro_grid_low', models.PositiveIntegerField(default=20)),
                ('micro_grid_high', models.PositiveIntegerField(default=100)),
                ('objection_days', models.PositiveSmallIntegerField(default=3)),
                ('telephone', models.CharField(blank=True, default='', max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='Grid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=60)),
                ('ended_at', models.DateTimeField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('parent', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='micro_grids', to='places.grid')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'number'), name='grid_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('kind', models.CharField(choices=[('compound', 'compound'), ('village', 'village'), ('lane', 'lane'), ('building', 'building'), ('row', 'row'), ('unit', 'unit'), ('dwelling', 'dwelling'), ('site', 'site')], max_length=10)),
                ('path', models.CharField(default='', max_length=200)),
                ('name', models.CharField(max_length=80)),
                ('key', models.CharField(max_length=80)),
                ('full_name', models.CharField(max_length=200)),
                ('full_key', models.CharField(max_length=200)),
                ('door', models.CharField(blank=True, default='', max_length=40)),
                ('position', models.PositiveIntegerField(default=0)),
                ('floor', models.SmallIntegerField(null=True)),
                ('is_vacant', models.BooleanField(default=False)),
                ('site_kind', models.CharField(blank=True, default='', max_length=20)),
                ('ended_at', models.DateTimeField(null=True)),
                ('building', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('grid', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='places', to='places.grid')),
                ('merged_into', gridwell.core.fields.CommunityForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('own_grid', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.grid')),
                ('parent', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='places.place')),
                ('unit', gridwell.core.fields.CommunityForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'path'], name='place_path'), models.Index(fields=['community', 'kind', 'full_key'], name='place_full_key'), models.Index(fields=['kind', 'full_key'], name='place_full_key_anywhere'), models.Index(fields=['community', 'grid'], name='place_grid'), models.Index(fields=['community', 'building'], name='place_building'), models.Index(fields=['community', 'door'], name='place_door'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='place_merged')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None), ('merged_into', None), ('parent__isnull', False)), fields=('community', 'parent', 'kind', 'key'), name='place_once_under_parent'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('merged_into', None), ('parent', None)), fields=('community', 'kind', 'key'), name='place_once_at_root'), models.UniqueConstraint(fields=('community', 'ref'), name='place_ref_once')],
            },
        ),
        migrations.CreateModel(
            name='PlaceAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('key', models.CharField(max_length=120)),
                ('source', models.CharField(blank=True, default='', max_length=60)),
                ('added_at', models.DateTimeField()),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('place', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='places.place')),
            ],
            options={
                'indexes': [models.Index(fields=['key'], name='alias_key')],
                'constraints': [models.UniqueConstraint(fields=('community', 'key', 'place'), name='alias_once')],
            },
        ),
        migrations.CreateModel(
            name='PlaceMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moved', models.JSONField(default=dict)),
                ('merged_by', models.BigIntegerField(null=True)),
                ('merged_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
                ('gone', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('kept', gridwell.core.fields.CommunityForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='places.place')),
            ],
            options={
                'indexes': [models.Index(fields=['community', 'gone'], name='place_merge_gone')],
            },
        ),
    ]
