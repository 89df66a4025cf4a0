"""Labels get numbers that stay: those that exports gave them so far, their places. Columns, values, then the constraint."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def number(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Number every project's labels; a migration that was broken off numbers alike when it runs again."""
    label: Any = apps.get_model("projects", "Label")
    project: Any = apps.get_model("projects", "Project")
    alias = editor.connection.alias
    rows = label.objects.using(alias).order_by("project_id", "order", "name", "id").only("pk", "project_id", "number")
    with transaction.atomic(using=alias):
        for pk, labels in groupby(rows.iterator(), key=lambda row: row.project_id):
            numbered = list(labels)
            for place, row in enumerate(numbered, start=1):
                row.number = place
            label.objects.using(alias).bulk_update(numbered, ["number"], 500)
            project.objects.using(alias).filter(pk=pk).update(label_numbers=len(numbered))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("projects", "0004_image_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="label_numbers",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="The highest number a label of this project ever had.",
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="number",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="Its category in files; never given to another label.",
            ),
        ),
        migrations.RunPython(number, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="label",
            constraint=models.UniqueConstraint(fields=("project", "number"), name="label_number_once_per_project"),
        ),
    ]
