"""Counts the objects that are there already."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

CHUNK = 5_000


def count(apps: Any, schema_editor: Any) -> None:
    """Write each image's number of live objects, some thousand images at a time: each time is a transaction of its own,
    so that nobody waits for all of them."""
    alias = schema_editor.connection.alias
    every = apps.get_model("annotations", "Annotation").objects.using(alias)
    annotations = every.filter(deleted_at=None, image=OuterRef("pk"))
    counted = annotations.order_by().values("image").annotate(n=Count("pk")).values("n")
    images = apps.get_model("projects", "Image")._base_manager.using(alias)
    keys = images.order_by("pk").values_list("pk", flat=True)
    found = list(keys[:CHUNK])
    while found:
        some = images.filter(pk__gte=found[0], pk__lte=found[-1])
        some.update(object_count=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)))
        found = list(keys.filter(pk__gt=found[-1])[:CHUNK])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("annotations", "0003_numbers"),
        ("projects", "0011_tags"),
    ]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
