"""The queue of files: a reader beside writers never sees half a message, half a table, or an empty file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from annotator.lib import folder_queue

MESSAGES = 200
SENDERS = 3


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    messages, control = str(tmp_path / "messages"), str(tmp_path / "control")
    return {"data_folder_in": messages, "data_folder_out": messages, "control_folder": control}


@pytest.fixture
def connection(folders: dict[str, str]) -> Iterator[Connection]:
    folder_queue.register()
    with Connection("filesystem://localhost", transport_options=folders) as made:
        yield made


def channel(connection: Connection) -> folder_queue.Channel:
    """The channel, which is ours: this is what `filesystem://` means."""
    made = connection.default_channel
    assert isinstance(made, folder_queue.Channel)
    return made


def test_all_messages_of_several_senders_arrive_whole(connection: Connection, folders: dict[str, str]) -> None:
    def send(sender: int) -> None:
        with Connection("filesystem://localhost", transport_options=folders) as own:
            for number in range(MESSAGES):
                channel(own)._put("default", {"body": [sender, number]})

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(SENDERS)]
    for thread in senders:
        thread.start()
    found: list[Any] = []
    while len(found) < SENDERS * MESSAGES:
        busy = any(thread.is_alive() for thread in senders)
        try:
            found.append(channel(connection)._get("default")["body"])
        except Empty:
            assert busy, f"{SENDERS * MESSAGES - len(found)} messages are lost"
    assert sorted(found) == [[sender, number] for sender in range(SENDERS) for number in range(MESSAGES)]
    assert not list(Path(folders["data_folder_in"]).iterdir())


def test_what_is_still_being_written_is_nobodys_message(
    connection: Connection, folders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.write_text
    looked: list[str] = []

    def slowly(path: Path, text: str) -> int:
        for end in range(0, len(text), 5):
            whole(path, text[:end])
            with pytest.raises(Empty):
                channel(connection)._get("default")
            looked.append(path.name)
        return whole(path, text)

    monkeypatch.setattr(Path, "write_text", slowly)
    with Connection("filesystem://localhost", transport_options=folders) as own:
        channel(own)._put("default", {"body": "of some length"})
    assert looked
    assert channel(connection)._get("default") == {"body": "of some length"}


def test_bindings_of_many_at_once_are_all_kept(connection: Connection, folders: dict[str, str]) -> None:
    def bind(number: int) -> None:
        with Connection("filesystem://localhost", transport_options=folders) as own:
            channel(own)._queue_bind("jobs", f"key{number}", "", f"queue{number}")

    threads = [threading.Thread(target=bind, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bound = {entry.queue for entry in channel(connection).get_table("jobs")}
    assert bound == {f"queue{number}" for number in range(20)}


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        folder_queue.write_whole(tmp_path / "a.msg", "{}")
    assert not list(tmp_path.iterdir())
