"""Models in memory, lent for one purpose at a time: `with borrow(version, Purpose.SEARCH) as predictor: ...`.

A predictor is not safe to share between threads, so each purpose has predictors of its own and lends one at a time:
a search may take minutes, and the encoder that serves people does not wait for it. What was given back stays loaded
within `settings.MODEL_MEMORY_MB`; the one that nobody has used for longest goes first. A run over many images holds
its model (`with hold(version, purpose):`), so that one larger than that is not loaded anew for each of them: others
still get it, or another for the same purpose, in between.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings

from annotator.inference.models import ModelVersion
from annotator.inference.packages import open_package, open_word_package
from sam_backend import Predictor
from sam_backend.phrases import Finder, load_finder

log = logging.getLogger(__name__)


class Purpose(StrEnum):
    """What a model is borrowed for. Those who borrow for the same purpose take turns."""

    # The runtime spreads one encoding over the processor's cores; two at once would only take twice the memory.
    ENCODE = "encode"
    SEARCH = "search"
    CARRY = "carry"
    MEASURE = "measure"
    WORDS = "words"


def load(version: ModelVersion, purpose: Purpose) -> Predictor:
    """Return a new predictor with the installation's settings. Raises ValueError and FileNotFoundError.

    The one place that makes them: a test that wants a model of its own replaces this function."""
    compiled = settings.ENCODER_COMPILED and purpose is Purpose.ENCODE
    return Predictor(open_package(version), threads=settings.ENCODER_THREADS, compiled=compiled)


def load_in_words(version: ModelVersion) -> Finder:
    """Return a new finder of a version that is asked in words. Raises ValueError and FileNotFoundError.

    The one place that makes them: a test that wants a model of its own replaces this function."""
    return load_finder(open_word_package(version))


@dataclass(slots=True)
class _Kept:
    """A predictor or finder (None while it is loaded), the bytes of its package, and whether somebody has it now."""

    bytes: int
    lent: bool = True
    predictor: Any = None


class Shelf:
    """Loaded models of one process. `loader` makes them, `limit` says how many bytes may stay loaded."""

    def __init__(self, loader: Callable[[ModelVersion, Purpose], Any], limit: Callable[[], int]) -> None:
        self._loader, self._limit = loader, limit
        self._turns = {purpose: threading.Lock() for purpose in Purpose}
        # Guards the order only, never held while a model is loaded or runs.
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[str, Purpose], _Kept] = OrderedDict()
        self._held: Counter[tuple[str, Purpose]] = Counter()

    @contextmanager
    def borrow(self, version: ModelVersion, purpose: Purpose) -> Iterator[Any]:
        """Lend the version's model, alone, until the block ends. Waits for whoever has one for the same purpose.

        Raises ValueError when the package is broken and FileNotFoundError when a file of it is missing."""
        key = version.sha256, purpose
        with self._turns[purpose]:
            kept = self._take(key, _bytes_of(version))
            try:
                if kept.predictor is None:
                    kept.predictor = self._loader(version, purpose)
                    log.info("%s was loaded to %s", version, purpose)
                yield kept.predictor
            finally:
                self._give_back(key, kept)

    @contextmanager
    def hold(self, version: ModelVersion, purpose: Purpose) -> Iterator[None]:
        """Keep the version's model loaded between borrowings until the block ends, however large it is. Of several that
        are held for one purpose the one used last stays, and it goes when room is needed for another that is borrowed
        for that purpose: never is more in memory than while they are lent."""
        key = version.sha256, purpose
        with self._guard:
            self._held[key] += 1
        try:
            yield
        finally:
            with self._guard:
                self._held[key] -= 1
                self._shrink(self._limit())

    def forget_idle(self) -> None:
        """Drop every model that nobody has now."""
        with self._guard:
            self._shrink(0)

    def loaded(self) -> list[tuple[str, Purpose]]:
        """Return the package hash and purpose of what is loaded, longest unused first."""
        with self._guard:
            return [key for key, kept in self._kept.items() if kept.predictor is not None]

    def _take(self, key: tuple[str, Purpose], size: int) -> _Kept:
        with self._guard:
            kept = self._kept.pop(key, None)
            if kept is None:
                # Room is made before it is loaded: both at once may not fit.
                self._shrink(self._limit() - size, borrowed=key[1])
                kept = _Kept(size)
            kept.lent = True
            self._kept[key] = kept
            return kept

    def _give_back(self, key: tuple[str, Purpose], kept: _Kept) -> None:
        with self._guard:
            kept.lent = False
            if kept.predictor is None:  # it could not be loaded
                del self._kept[key]
            self._shrink(self._limit())

    def _shrink(self, room: int, borrowed: Purpose | None = None) -> None:
        """Drop idle ones, longest unused first, until all that is left has `room`. What is lent stays, and what is held
        unless its purpose is `borrowed` for another."""
        total = sum(kept.bytes for kept in self._kept.values())
        idle = [key for key, kept in self._kept.items() if not kept.lent]
        stays = {key[1]: key for key in idle if self._held[key] > 0 and key[1] is not borrowed}
        for key in idle:
            if total <= room:
                return
            if stays.get(key[1]) != key:
                total -= self._kept.pop(key).bytes


def _bytes_of(version: ModelVersion) -> int:
    """A model takes about as much memory as its files on disk."""
    return sum(int(entry.get("bytes", 0)) for entry in version.files.values())


def _load(version: ModelVersion, purpose: Purpose) -> Predictor | Finder:
    return load_in_words(version) if purpose is Purpose.WORDS else load(version, purpose)


_shelf = Shelf(_load, lambda: settings.MODEL_MEMORY_MB * 2**20)


def borrow(version: ModelVersion, purpose: Purpose) -> AbstractContextManager[Predictor]:
    """Lend a version's predictor (see `Shelf.borrow`)."""
    return _shelf.borrow(version, purpose)


def borrow_in_words(version: ModelVersion) -> AbstractContextManager[Finder]:
    """Lend the finder of a version that is asked in words (see `Shelf.borrow`)."""
    return _shelf.borrow(version, Purpose.WORDS)


def hold(version: ModelVersion, purpose: Purpose) -> AbstractContextManager[None]:
    """Keep a version's model loaded between borrowings (see `Shelf.hold`)."""
    return _shelf.hold(version, purpose)


forget_idle = _shelf.forget_idle
