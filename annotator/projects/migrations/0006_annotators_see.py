from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0005_label_number"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="annotators_see",
            field=models.CharField(
                choices=[("all", "All"), ("own", "Own")], db_default="all", default="all", max_length=8
            ),
        ),
    ]
