"""About which objects of an image the people who worked on its copies do not agree."""

from __future__ import annotations

import uuid

from annotator.agreement.copies import copies_of, finished, objects_on, shape_of
from annotator.agreement.matching import groups
from annotator.agreement.models import Merged
from annotator.projects.models import Image


def disputed(image: Image) -> list[uuid.UUID] | None:
    """Return the image's objects that came of a merge though somebody left them out or called them otherwise; none of
    them where what is disputed was not taken over. None: fewer than two worked on it, or all agree."""
    row = Merged.objects.filter(image=image, undone=None).first()
    copies = finished(copies_of([image.pk])[image.pk]) if row is not None else []
    if row is None or len(copies) < 2:
        return None
    on = list(objects_on(copies).values())
    taken = {source: uuid.UUID(made) for made, source in row.made.items()}
    found: list[uuid.UUID] = []
    agree = True
    for group in groups([[shape_of(each) for each in rows] for rows in on]):
        said = [on[who][at] for who, at in group.items()]
        if len(said) == len(on) and len({each.label_id for each in said}) == 1:
            continue
        agree = False
        found += [taken[str(each.pk)] for each in said if str(each.pk) in taken]
    return None if agree else found
