"""Kombu's filesystem transport, safe for a reader beside a writer: what a reader can see is whole.

The library writes a message into the file that its reader already finds, and the table of an exchange in place. A
reader that comes between gets an empty file, which ends the worker, and the message is gone until the sweeper sends it
again.
"""

from __future__ import annotations

import fcntl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Files appear under their names only when they are complete."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]
        # Names sort by time, as the library's do: the reader takes the first.
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        try:
            write_whole(Path(self.data_folder_out) / name, dumps(payload))
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to {self.data_folder_out}: {error}") from error

    def _queue_bind(self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None) -> None:
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]
        entry = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        try:
            file.parent.mkdir(exist_ok=True)
            with one_at_a_time(file.parent / "bind.lock"):
                table = self.get_table(exchange)
                if entry not in table:
                    write_whole(file, dumps([entry, *table]))
        except OSError as error:
            raise ChannelError(f"Cannot write {file}: {error}") from error


class Transport(filesystem.Transport):
    """What `filesystem://` means in Maskwright."""

    Channel = Channel


def write_whole(path: Path, text: str) -> None:
    """Write a file under another name and give it its own; on failure nothing stays behind."""
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        part.write_text(text)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold an advisory lock that all processes of this machine share."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def register() -> None:
    """Let Kombu use this transport for `filesystem://` addresses."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
