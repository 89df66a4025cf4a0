"""How the last backup and the last look at everything ended."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Record",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[("backup", "Backup"), ("verify", "Verify")],
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("ended", models.DateTimeField()),
                ("well", models.BooleanField()),
                ("said", models.TextField(help_text="What it wrote or found, or why it failed.")),
                ("host", models.CharField(help_text="The name of the machine that it ran on.", max_length=255)),
                ("succeeded", models.DateTimeField(help_text="When one last ended well.", null=True)),
            ],
        ),
    ]
