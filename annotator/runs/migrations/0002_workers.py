"""Signs of life of the workers."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_start")]

    operations = [
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("queues", models.JSONField(default=list)),
                ("seen", models.DateTimeField()),
            ],
        ),
    ]
