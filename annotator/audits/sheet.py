"""An audit as a table: one row for each drawn mask. Who made a mask stands in it once the audit is closed."""

from __future__ import annotations

import csv
import io

from annotator.audits.judging import catch_up
from annotator.audits.models import Audit
from annotator.lib.words import plain_cell

COLUMNS = ("image", "object", "label", "iou", "result", "counts", "judged_by", "made_by", "taken_over")


def sheet_of(audit: Audit) -> str:
    """Return the table."""
    catch_up(audit)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    rows = audit.masks.select_related("image", "author", "person").defer("rle", "corrected")
    for row in rows.order_by("image__place", "id"):
        judged = row.iou is not None
        writer.writerow(
            {
                "image": plain_cell(row.image.path),
                "object": row.annotation,
                "label": plain_cell(row.label),
                "iou": "" if row.iou is None else round(row.iou, 4),
                "result": _result(row.iou),
                "counts": "yes" if judged and not row.own else "no",
                "judged_by": plain_cell(row.person.name) if judged and row.person else "",
                "made_by": plain_cell(row.author.name) if audit.closed and row.author else "",
                "taken_over": row.taken.isoformat() if row.taken else "",
            }
        )
    return out.getvalue()


def _result(iou: float | None) -> str:
    if iou is None:
        return "open"
    return "left as it was" if iou == 1 else "removed" if iou == 0 else "corrected"
