"""What goes wrong in these commands, as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError

from annotator.upkeep.troubles import Refused


@contextmanager
def sentences(what: str) -> Iterator[None]:
    """Turn what an administrator can do something about into a CommandError."""
    try:
        yield
    except (Refused, ImproperlyConfigured) as refused:
        raise CommandError(str(refused)) from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise CommandError(f"{what} could not be finished: {error.strerror or error}{where}.") from error
    except DatabaseError as error:
        raise CommandError(f"{what} could not be finished: the database says: {str(error).strip()}") from error
