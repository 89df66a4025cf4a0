"""A comparison as a table: one row for each rating. Raters are numbered, not named."""

from __future__ import annotations

import csv
import io

from annotator.lib.words import plain_cell
from annotator.ratings.models import PairScore, Rating

COLUMNS = ("image", "pair", "rater", "first_model", "second_model", "first", "second", "left")


def sheet_of(rating: Rating) -> str:
    """Return the table."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    rows = PairScore.objects.filter(pair__rating=rating, pair__image__deleted_at=None)
    raters: dict[object, int] = {}
    for row in rows.select_related("pair__image").defer("pair__first", "pair__second"):
        writer.writerow(
            {
                "image": plain_cell(row.pair.image.path),
                "pair": row.pair_id,
                "rater": raters.setdefault(row.person_id, len(raters) + 1),
                "first_model": plain_cell(rating.first_name),
                "second_model": plain_cell(rating.second_name),
                "first": row.first,
                "second": row.second,
                "left": "second" if row.pair.swapped else "first",
            }
        )
    return out.getvalue()
