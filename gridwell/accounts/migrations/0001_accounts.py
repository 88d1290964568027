import django.db.models.deletion
import gridwell.core.fields
import gridwell.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=40)),
                ('telephone', models.CharField(blank=True, default='', max_length=40)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('language', models.CharField(default='zh-hans', max_length=10)),
                ('is_active', models.BooleanField(default=True)),
                ('is_administrator', models.BooleanField(default=False)),
                ('must_change_password', models.BooleanField(default=False)),
                ('lives_elsewhere', models.BooleanField(default=False)),
                ('resident', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='users', to='places.area')),
                ('home', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.place')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=20)),
                ('source', models.CharField(max_length=60)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('told_start_at', models.DateTimeField(null=True)),
                ('told_end_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'starts_at'], name='absence_user')],
            },
        ),
        migrations.CreateModel(
            name='ReserveCandidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('telephone', gridwell.core.fields.EncryptedTextField(blank=True, default='')),
                ('roles', models.JSONField(default=list)),
                ('skills', models.CharField(blank=True, default='', max_length=200)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.BigIntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reserves', to='places.area')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reserve_in', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'ended_at'], name='reserve_area')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None), ('user__isnull', False)), fields=('area', 'user'), name='reserve_once')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref, unique=True)),
                ('code', models.CharField(max_length=60, unique=True)),
                ('role', models.CharField(max_length=20)),
                ('title', models.CharField(max_length=60)),
                ('activates_in', models.CharField(blank=True, default='', max_length=12)),
                ('is_standby', models.BooleanField(default=False)),
                ('stood_up_at', models.DateTimeField(null=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='places.area')),
                ('grids', models.ManyToManyField(blank=True, related_name='posts', to='places.grid')),
                ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts_held', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'role'], name='post_area_role'), models.Index(fields=['activates_in', 'area'], name='post_prepared')],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref, unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=60)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='places.area')),
                ('grid', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='teams', to='places.grid')),
                ('leader_post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='accounts.post')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'kind'], name='team_area_kind')],
            },
        ),
        migrations.CreateModel(
            name='PostDeputy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(default=1)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deputies', to='accounts.post')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputy_of', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('post', 'user'), name='deputy_once'), models.UniqueConstraint(fields=('post', 'rank'), name='deputy_rank_once')],
            },
        ),
        migrations.CreateModel(
            name='PostRehearsal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField()),
                ('result', models.CharField(max_length=12)),
                ('remark', models.CharField(blank=True, default='', max_length=400)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.BigIntegerField(null=True)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rehearsals', to='accounts.post')),
                ('stood_in', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rehearsed', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('post', 'held_on'), name='rehearsed_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='StandIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, default='', max_length=20)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.BigIntegerField(null=True)),
                ('remark', models.CharField(blank=True, default='', max_length=400)),
                ('absent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stood_in_for', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stand_ins', to='accounts.post')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stand_ins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['absent', 'confirmed_at'], name='stand_in_absent'), models.Index(fields=['user', 'ends_at'], name='stand_in_user')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at', None)), fields=('post',), name='one_stands_in')],
            },
        ),
        migrations.AddField(
            model_name='post',
            name='team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='accounts.team'),
        ),
    ]
