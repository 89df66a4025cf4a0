"""Faults on the way between people and the server: lines that are cut, sessions that end, wrong clocks, two at once,
files that are none."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import zlib
from typing import Any

from tests.bench.faults.campaign import Campaign, picture
from tests.bench.faults.desk import Desk
from tests.bench.faults.outcome import Outcome, is_sentence, unless
from tests.bench.team.person import Person
from tests.bench.team.seed import PASSWORD

CONFLICT, SIGNED_OUT = (409, "stale_revision"), (403, "not_authenticated")


def cut(desk: Desk, wish: dict[str, Any], share: float, wait: float) -> None:
    """Send this share of a request, wait, and cut the line without reading an answer."""
    body = json.dumps(desk.body(wish)).encode()
    headers = desk.person.headers("application/json") | {"Host": "127.0.0.1", "Content-Length": str(len(body))}
    head = f"POST /api/v1/images/{desk.image}/annotations/bulk/ HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", desk.person.port), timeout=30) as line:
        line.sendall(head.encode() + body[: round(share * len(body))])
        time.sleep(wait)
        # Reset in place of a farewell, as a network that is gone looks like when it is back.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def network_lost(campaign: Campaign) -> Outcome:
    """The line is cut in the middle of a save, before its answer; the same save is sent again, also at once."""
    chance = campaign.chance
    desk = chance.choice(campaign.desks)
    wish = desk.wish()
    cut(desk, wish, chance.choice([0.5, 1.0, 1.0, 1.0]), chance.choice([0.0, 0.005, 0.02, 0.1]))
    desk.save(wish)
    return campaign.judged()


def session_ended(campaign: Campaign) -> Outcome:
    """The session ends in the middle of the work; after signing in, the same save is sent again."""
    desk = campaign.chance.choice(campaign.desks)
    campaign.postgres.ask(
        "DELETE FROM django_session WHERE session_key = %s RETURNING session_key", desk.person.cookies["sessionid"]
    )
    wish = desk.wish()
    found = unless(not desk.send(wish), "saved without a session", "")
    desk.person.sign_in(PASSWORD)
    desk.save(wish)
    found += campaign.judged(SIGNED_OUT, (401, "not_authenticated"))
    return found


class Skewed(Person):
    """Somebody whose clock is wrong by so many seconds."""

    skew = 0.0

    def headers(self, kind: str) -> dict[str, str]:
        """Add what depends on a clock."""
        told = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + self.skew))
        return super().headers(kind) | {"Date": told, "If-Modified-Since": told, "If-Unmodified-Since": told}


def clock_wrong(campaign: Campaign) -> Outcome:
    """A clock that is years off, and jumped during the work: seconds below 0, or of a lifetime, are refused with a
    sentence; what is saved with sane ones is kept, and the answers are fresh."""
    chance = campaign.chance
    desk = chance.choice(campaign.desks)
    person, skewed = desk.person, Skewed(desk.person.port, desk.person.name)
    skewed.cookies, skewed.skew = person.cookies, chance.choice([-1, 1]) * chance.uniform(1e5, 1e9)
    desk.person = skewed
    wish = desk.wish()
    jumped = wish | {"data": wish["data"] | {"seconds": chance.choice([-86_400, -0.5, 1e9, 1e300])}}
    found = unless(not desk.send(jumped), "saved with these seconds", jumped["data"]["seconds"])
    told = desk.answers[-1].json()["results"][0]["error"]["message"]
    found += unless(is_sentence(told), "refused seconds", told)
    # Refused, so under the same key the change with a sane number is not there yet.
    desk.save(wish)
    found += campaign.judged((400, "invalid"))
    skewed.hang_up()
    desk.person = person
    return found


def two_writers(campaign: Campaign) -> Outcome:
    """Two people change one object at the same moment, on the same revision: one is told of the other's change, sees
    the row as it is, and repeats theirs on it."""
    one, two = campaign.chance.sample(campaign.desks, 2)
    if not one.own:
        one.save(one.wish())
    known = one.own[-1]
    seen = one.kept[known]
    other = Desk(two.person, two.team, one.image, two.chance)
    other.kept, other.own = dict(one.kept), [known]
    wishes: dict[Desk, dict[str, Any]] = {}
    for desk in (one, other):
        wishes[desk] = {**desk.wish(), "op": "update", "id": known, "revision": seen}
        wishes[desk]["data"] = {"seconds": round(desk.chance.uniform(1, 1e6), 3)}
    won: dict[Desk, bool] = {}

    def write(desk: Desk) -> None:
        won[desk] = desk.send(wishes[desk])

    threads = [threading.Thread(target=write, args=(desk,)) for desk in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = Outcome(lost=int(all(won.values())), stuck=int(not any(won.values())))
    for desk in (one, other):
        if not won[desk]:
            error = desk.answers[-1].json()["results"][0]["error"]
            current = error.get("current") or {}
            known_well = current.get("revision") == seen + 1 and is_sentence(error["message"])
            found += unless(known_well, f"a conflict on revision {seen}", error)
            again = desk.wish()
            desk.save(wishes[desk] | {"revision": seen + 1, "key": again["key"]})
    one.kept[known] = max(one.kept[known], other.kept[known])
    found += Outcome(lost=int(one.kept[known] != seen + 2))
    two.answers += other.answers
    found += campaign.judged(CONFLICT)
    return found


def picture_poisoned(campaign: Campaign) -> Outcome:
    """A file that is no picture, or only half of one, or says it is a huge one, is refused with a sentence, and leaves
    nothing behind; the next picture is taken."""
    chance, name = campaign.chance, campaign.name("poisoned")
    whole = picture(chance)
    answer = campaign.upload(name, chance.choice(poisons(whole, chance.randrange(40, len(whole) - 12))))
    body = answer.json()
    told = 400 <= answer.status < 500 and is_sentence(body.get("message")) and body["code"].startswith("image_")
    found = unless(told, "poisoned picture", answer)
    found.doubled += campaign.number("SELECT count(*) FROM projects_image WHERE name = %s", name)
    found += campaign.uploaded(campaign.name("after"), picture(chance))
    found += campaign.judged()
    return found


def poisons(whole: bytes, at: int) -> list[bytes]:
    """Return files that are not what their name says; `whole` is a PNG."""
    bomb = struct.pack(">II", 60_000, 60_000) + whole[24:29]
    return [
        b"", b"\0" * 3000, b"PK\3\4" + whole, whole[:at], whole[:at] + bytes(len(whole) - at),
        b"GIF89a" + whole[8:60],
        whole[:16] + bomb + struct.pack(">I", zlib.crc32(b"IHDR" + bomb)) + whole[33:],
        b"\xff\xd8\xff\xe0" + whole, b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"II*\0\x08\0\0\0\xff\xff" + whole[:40],
    ]  # fmt: skip
