import django.db.models.deletion
import gridwell.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('places', '0001_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='DayPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref)),
                ('last_fact', models.BigIntegerField()),
                ('computed_at', models.DateTimeField()),
                ('is_stale', models.BooleanField(default=False)),
                ('body', models.JSONField()),
                ('counts', models.JSONField(default=dict)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='places.area')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('community', 'day'), name='day_plan_once')],
            },
        ),
    ]
