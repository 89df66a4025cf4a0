from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inference", "0004_model_source"),
    ]

    operations = [
        migrations.AddField(
            model_name="embedding",
            name="asked",
            field=models.DateTimeField(default=django.utils.timezone.now, help_text="When somebody last wanted it."),
        ),
    ]
