"""Counts the objects that are there already."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce


def count(apps: Any, schema_editor: Any) -> None:
    """Write each image's number of live objects, by one statement."""
    alias = schema_editor.connection.alias
    every = apps.get_model("annotations", "Annotation").objects.using(alias)
    annotations = every.filter(deleted_at=None, image=OuterRef("pk"))
    counted = annotations.order_by().values("image").annotate(n=Count("pk")).values("n")
    images = apps.get_model("projects", "Image")._base_manager
    images.using(alias).update(object_count=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)))


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0003_numbers"),
        ("projects", "0011_tags"),
    ]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
