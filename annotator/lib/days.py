"""Days, all in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone


def start_of(day: date) -> datetime:
    """Return the moment a day begins."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def today() -> date:
    """Return the day it is."""
    return timezone.now().astimezone(UTC).date()


def last(count: int) -> list[date]:
    """Return the last `count` days in order, today at the end."""
    end = today()
    return [end - timedelta(days=back) for back in reversed(range(count))]
