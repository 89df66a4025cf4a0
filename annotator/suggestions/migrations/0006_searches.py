"""A search is called one everywhere: "sweep" is what the runs' sweeper does."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0003_image_order"),
        ("suggestions", "0005_descriptions"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="sweep", name="sweep_once_per_image_and_run"),
        migrations.RenameModel(old_name="Sweep", new_name="Search"),
        migrations.RenameField(model_name="suggestion", old_name="sweep", new_name="search"),
        migrations.AlterField(
            model_name="search",
            name="image",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="searches", to="projects.image"
            ),
        ),
        migrations.AddConstraint(
            model_name="search",
            constraint=models.UniqueConstraint(fields=("image", "run"), name="search_once_per_image_and_run"),
        ),
    ]
