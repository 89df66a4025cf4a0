"""Suggestions that appear while the grid is still being searched, for somebody who watches.

Each is a row like any other, so it can be judged at once. The end of the search (store.keep) puts the result in their
place: what is in it keeps its row, the rest goes. A search that is cancelled or dies leaves its rows with a row
of `Search` that is not complete; when the same run starts again, they go before the first new one comes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.db import transaction

from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.runs.models import Run
from annotator.suggestions.known import Found
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.parameters import Wanted
from annotator.suggestions.queries import accepted_on, rejected_on
from annotator.suggestions.search import store
from annotator.suggestions.search.arrange import arrange

WRITE_EVERY_SECONDS = 0.7
"""A page looks about as often; more would only keep the database busy."""


class Arriving:
    """What one search of one image has found so far."""

    def __init__(self, image: Image, run: Run, version: ModelVersion, wanted: Wanted, region: list[int] | None) -> None:
        self._image, self._run, self._version, self._wanted, self._region = image, run, version, wanted, region
        self._search: Search | None = None
        self._waiting: list[Found] = []
        self._written = float("-inf")
        self._count = 0

    def add(self, found: Sequence[Found]) -> None:
        """Show these as well; the search found them just now, and they resemble none that came before."""
        self._waiting += found
        if self._waiting and time.monotonic() - self._written >= WRITE_EVERY_SECONDS:
            self._write()
            self._written = time.monotonic()

    def _write(self) -> None:
        news, self._waiting = self._waiting, []
        known = accepted_on(self._image), rejected_on(self._image)
        arranged = arrange(news, *known, self._wanted.use)[: store.MAX_KEPT - self._count]
        with transaction.atomic():
            if Image.workable.select_for_update().filter(pk=self._image.pk).first() is None:
                return  # deleted while it was searched
            search = self._search = self._search or self._begin()
            rows = [store.row_of(search, self._count + rank, item) for rank, item in enumerate(arranged)]
            Suggestion.objects.bulk_create(rows)
            self._count += len(rows)
            Search.objects.filter(pk=search.pk).update(found=self._count, kept=self._count)

    def _begin(self) -> Search:
        search, _ = Search.objects.update_or_create(
            image=self._image, run=self._run,
            defaults={
                "model_version": self._version, "params": self._wanted.to_json(), "found": 0, "kept": 0,
                "complete": False, "problem": "",
            },
        )  # fmt: skip
        store.clear(self._image, self._region, search, set())
        return search
