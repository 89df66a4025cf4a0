"""Masks are described by more than their mean embedding: the kept vectors are made anew when they are needed."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Delete them all."""
    apps.get_model("suggestions", "MaskVector").objects.using(schema_editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("suggestions", "0004_preview")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AlterField(
            "maskvector", "vector", models.BinaryField(help_text="float16, a description of sam_backend.similarity")
        ),
    ]
