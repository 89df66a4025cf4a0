"""Which machine a worker is on."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0002_workers")]

    operations = [
        migrations.AddField(
            model_name="worker",
            name="host",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="The machine's name.", max_length=255
            ),
        ),
    ]
