from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0013_counted_by_index"), ("suggestions", "0010_tracks")]

    operations = [
        migrations.AddField(
            model_name="trail",
            name="label",
            field=models.ForeignKey(
                help_text="Of one without a source, which has its own.", null=True,
                on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="projects.label",
            ),
        ),
        migrations.AddField(
            model_name="trail",
            name="prompts",
            field=models.JSONField(
                default=list,
                help_text="Of one without a source: image, points [{x, y, label}] and box [x0, y0, x1, y1] or null, in "
                "image pixels; the first where it begins.",
            ),
        ),
        migrations.AlterField(
            model_name="trail",
            name="source",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="trails",
                to="annotations.annotation",
            ),
        ),
        migrations.AlterField(
            model_name="carried",
            name="step",
            field=models.PositiveIntegerField(
                help_text="1 = the image after the object's own; 0 = where it was pointed at."
            ),
        ),
    ]  # fmt: skip
