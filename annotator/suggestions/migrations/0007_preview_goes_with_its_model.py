from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0006_searches")]

    operations = [
        migrations.AlterField(
            model_name="preview",
            name="model_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="inference.modelversion"
            ),
        ),
    ]
