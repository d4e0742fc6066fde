import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from erp.new_tables import NewTables


class Migration(NewTables):

    initial = True

    dependencies = [
        ('linkage', '0002_guard'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StagedImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('file_name', models.CharField(max_length=200)),
                ('size', models.PositiveIntegerField()),
                ('how', models.CharField(help_text='How the file was read, in words.', max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('content', models.CharField(max_length=64)),
                ('header', models.JSONField()),
                ('decimal', models.CharField(blank=True, default='', max_length=1)),
                ('first', models.CharField(blank=True, default='', max_length=5)),
                ('status', models.CharField(choices=[('staged', 'Ready'), ('refused', 'Has bad lines'), ('loaded', 'Loaded'), ('discarded', 'Discarded')], default='staged', max_length=10)),
                ('line_count', models.PositiveIntegerField()),
                ('bad_count', models.PositiveIntegerField(default=0, help_text='Lines with something wrong.')),
                ('warned_count', models.PositiveIntegerField(default=0, help_text='Lines with something to look at.')),
                ('effects', models.JSONField(default=list, help_text='What loading does: pairs of words and figures.')),
                ('message', models.CharField(blank=True, default='', max_length=500)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='linkage.jobrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'loaded')), fields=('kind', 'content'), name='staged_content_loaded_once'), models.UniqueConstraint(condition=models.Q(('status', 'loaded')), fields=('kind', 'digest'), name='staged_file_loaded_once'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('status__in', ['loaded', 'discarded'])), models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('status__in', ['staged', 'refused'])), _connector='OR'), name='staged_ended_whole'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'loaded'), _negated=True), ('bad_count', 0), _connector='OR'), name='staged_loaded_without_bad')],
            },
        ),
        migrations.CreateModel(
            name='LoadedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('number', models.CharField(blank=True, default='', max_length=200)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='linkage.document')),
                ('staged', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='staging.stagedimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('kind', 'number'), name='staged_number_loaded_once')],
            },
        ),
        migrations.CreateModel(
            name='StagedProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('column', models.CharField(blank=True, max_length=100)),
                ('read', models.CharField(blank=True, max_length=100)),
                ('sentence', models.CharField(max_length=400)),
                ('is_warning', models.BooleanField(default=False)),
                ('staged', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='staging.stagedimport')),
            ],
            options={
                'indexes': [models.Index(fields=['staged', 'line'], name='staged_problem_line')],
            },
        ),
        migrations.CreateModel(
            name='StagedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('cells', models.JSONField()),
                ('staged', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='staging.stagedimport')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('staged', 'line'), name='staged_line_once')],
            },
        ),
    ]
