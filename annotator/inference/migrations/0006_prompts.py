from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inference", "0005_asked"),
    ]

    operations = [
        migrations.AddField(
            model_name="modelversion",
            name="prompts",
            field=models.CharField(
                choices=[("clicks", "Clicks"), ("words", "Words")], db_default="clicks", default="clicks", max_length=16
            ),
        ),
    ]
