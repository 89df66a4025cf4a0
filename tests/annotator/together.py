"""Work that several people begin at the same moment: real threads, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(*works: Callable[[], Any], refused: tuple[type[Exception], ...] = ()) -> list[Any]:
    """Do all of it in threads that start together; returns what each returned. Exceptions that are `refused` are
    answers like others; the first of any other kind is raised."""
    start = threading.Barrier(len(works))
    answers: list[Any] = [None] * len(works)

    def do(at: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(60)
            answers[at] = work()
        except Exception as error:
            answers[at] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(at, work)) for at, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, refused):
            raise answer
    return answers
