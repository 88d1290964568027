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
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=gridwell.core.ids.new_ref, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('protocol', models.CharField(max_length=30)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_reason', models.CharField(blank=True, default='', max_length=400)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='places.area')),
            ],
        ),
        migrations.CreateModel(
            name='ProtocolVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('family', models.CharField(max_length=30)),
                ('code', models.CharField(max_length=30)),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('in_force_from', models.DateField()),
                ('in_force_until', models.DateField(null=True)),
                ('loaded_at', models.DateTimeField()),
                ('loaded_by', models.BigIntegerField(null=True)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('family', 'code', 'sha256'), name='protocol_text_once')],
            },
        ),
    ]
