# Dates of closing

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='closed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='closed'),
        ),
        migrations.AddField(
            model_name='customer',
            name='closing_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='closes'),
        ),
        migrations.AddField(
            model_name='customer',
            name='keys_stopped_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='keys stopped'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('closing_at', None), _negated=True), fields=['closing_at'], name='customer_closing'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('closed_at', None), _negated=True), fields=['closed_at'], name='customer_closed'),
        ),
    ]
