"""Data sets from web addresses and from buckets: listed, fetched, then imported as any other."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from annotator.annotations.models import Annotation
from annotator.imports import bucket, parts, web
from annotator.imports.blobs import KEPT, held
from annotator.imports.models import File, Import
from annotator.lib import room, storage
from annotator.lib.fetching import Pace
from annotator.projects.models import Image
from annotator.runs import lease, worker
from annotator.runs.choices import State
from annotator.runs.models import Run
from tests.annotator.imports.conftest import Importing, archive, coco, dataset, pictures, zipped
from tests.annotator.webserver import Server, gives, moves, serving

# What is fetched over the network meets the database in test_import.py.
pytestmark = pytest.mark.any_database

NAMES = ("a.png", "b.png")
PICTURES = pictures(NAMES)


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A web server that imports may ask; who drips is not waited for long."""
    settings.IMPORT_NETWORKS = ["127.0.0.1/32"]
    monkeypatch.setattr(web, "PACE", Pace(2, 1000))
    with serving() as made:
        yield made


def post(importing: Importing, status: int = 202, **body: Any) -> dict[str, Any]:
    path = f"/api/v1/projects/{importing.world.project.pk}/imports/"
    answer = importing.client.post(path, body, format="json")
    assert answer.status_code == status, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def listed(importing: Importing, **body: Any) -> dict[str, Any]:
    """Bring it, and have it listed."""
    key = post(importing, **body)["id"]
    importing.work_off()
    return importing.look(key)


def checked(importing: Importing, key: str) -> dict[str, Any]:
    """Have it fetched and looked at."""
    importing.verb(key, "check")
    importing.work_off()
    return importing.look(key)


def serve(server: Server, files: dict[str, bytes]) -> list[str]:
    server.replies |= {f"/{path}": gives(data) for path, data in files.items()}
    return [server.at(f"/{path}") for path in files]


def test_a_list_is_looked_at_then_fetched_then_imported_and_taken_back(importing: Importing, server: Server) -> None:
    urls = serve(server, {"set/coco.json": _coco(), "set/in/a.png": PICTURES["a.png"], "set/b.png": PICTURES["b.png"]})
    row = listed(importing, urls=["# our set", "", *urls])
    size = len(_coco()) + sum(map(len, PICTURES.values()))
    assert (row["state"], row["source"], row["name"]) == ("listed", "urls", "3 files of 127.0.0.1")
    assert row["listing"] == {"files": 3, "bytes": size, "unknown": 0, "refused": 0, "fetched": 0}
    assert not any(True for _ in held()), "nothing was fetched"
    row = checked(importing, row["id"])
    assert (row["state"], row["bytes"], row["listing"]["fetched"]) == ("checked", size, 3)
    assert row["report"]["images"]["new"] == 2
    server.replies.clear()
    done = importing.do(row["id"], "start")
    assert done["result"]["made"] == {"label": 1, "image": 2, "annotation": 4, "suggestion": 0}
    assert sorted(Image.objects.values_list("folder", "name")) == [("", "b.png"), ("in", "a.png")]
    assert importing.do(row["id"], "undo")["undone"]["removed"]["image"] == 2


def _coco() -> bytes:
    document = json.loads(coco())
    document["images"] = [
        {"id": 1, "file_name": "in/a.png", "width": 40, "height": 30},
        {"id": 2, "file_name": "b.png", "width": 40, "height": 30},
    ]
    document["categories"] = [{"id": 1, "name": "Cat"}, {"id": 2, "name": "dog"}]
    one = document["annotations"][0]
    document["annotations"] = [
        one | {"id": number, "image_id": image, "category_id": label}
        for number, (image, label) in enumerate([(1, 1), (1, 2), (2, 1), (2, 2)], start=1)
    ]
    return json.dumps(document).encode()


def test_pictures_alone_and_an_archive_alone_come_in(importing: Importing, server: Server) -> None:
    urls = serve(server, PICTURES)
    row = checked(importing, listed(importing, urls=urls)["id"])
    assert importing.do(row["id"], "start")["result"]["made"] == {
        "label": 0, "image": 2, "annotation": 0, "suggestion": 0
    }  # fmt: skip
    (url,) = serve(server, {"pets.zip": archive(dataset(NAMES), PICTURES)})
    row = checked(importing, listed(importing, urls=[url])["id"])
    assert (row["name"], row["report"]["format"]) == ("pets.zip", "coco")
    assert row["report"]["images"]["by_hash"] == 2


def test_archives_beside_each_other_are_one_data_set(importing: Importing, server: Server) -> None:
    urls = serve(server, {"labels.zip": archive(dataset(NAMES)), "images.zip": zipped(PICTURES)})
    row = checked(importing, listed(importing, urls=urls)["id"])
    assert row["report"]["images"]["new"] == 2
    assert importing.do(row["id"], "start")["result"]["made"]["annotation"] == 6


def test_what_cannot_be_had_is_refused_with_its_reason_and_the_rest_comes(
    importing: Importing, server: Server, settings: Settings
) -> None:
    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"1")
        handler.connection.recv(1)  # until it is hung up

    urls = serve(server, PICTURES)
    settings.MAX_UPLOAD_BYTES = 1 << 20
    server.replies |= {
        "/gone.png": gives(b"no", 404),
        "/page.png": gives(b"<html>", **{"Content-Type": "text/html; charset=utf-8"}),
        "/inside.png": moves("http://127.0.0.2:1/secret.png"),
        "/huge.png": gives(b"", claimed=1 << 30),
        "/slow.png": drips,
    }
    odd = ["ftp://example.org/a.png", "notes", server.at("/gone.png"), server.at("/page.png"),
           server.at("/inside.png"), "http://127.0.0.2:1/b.png", "http://[::1]:1/b.png"]  # fmt: skip
    row = listed(importing, urls=[*urls, urls[0], *odd, server.at("/huge.png"), server.at("/slow.png")])
    assert row["state"] == "listed"
    assert (row["listing"]["files"], row["listing"]["refused"], row["listing"]["unknown"]) == (12, 8, 1)
    text = "\n".join(importing.problems(row["id"]))
    for said in ("in the list twice", "beginning with https://", "404 (Not Found)", "a web page (text/html)",
                 "127.0.0.2 lies inside the network", "::1 lies inside the network"):  # fmt: skip
        assert said in text, text
    row = checked(importing, row["id"])
    assert row["listing"] == {
        "files": 12, "bytes": sum(map(len, PICTURES.values())), "unknown": 0, "refused": 10, "fetched": 2
    }  # fmt: skip
    text = "\n".join(importing.problems(row["id"]))
    assert "It is 1,024 MB; 1 MB are the most here." in text
    assert "slower than 1000 bytes a second" in text or "did not answer within 2 seconds" in text
    assert (row["report"]["images"]["new"], row["report"]["problems"]) == (2, 10)
    assert not any("secret" in path for path, _ in server.asked)


def test_a_name_that_leads_inside_when_it_is_fetched_is_not_followed(
    importing: Importing, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, inside = socket.getaddrinfo, {"rebinds.example": "127.0.0.1"}

    def getaddrinfo(host: str, port: int, *args: Any, **values: Any) -> Any:
        return real(inside.get(host, host), port, *args, **values)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    serve(server, PICTURES)
    row = listed(importing, urls=[server.at("/a.png", "rebinds.example")])
    assert row["state"] == "listed"
    inside["rebinds.example"] = "127.0.0.2"
    importing.verb(row["id"], "check")
    (run,) = importing.work_off()
    assert "None of it could be fetched. rebinds.example lies inside the network (127.0.0.2)" in run.error


def test_what_nobody_can_have_stops_with_a_sentence(importing: Importing, server: Server) -> None:
    key = post(importing, urls=[server.at("/nothing")])["id"]
    server.replies["/nothing"] = gives(b"", 404)
    (run,) = importing.work_off()
    assert run.error.startswith("None of it can be fetched. The address answered 404")
    assert importing.look(key)["state"] == "unreadable"
    server.replies["/nothing"] = gives(PICTURES["a.png"], **{"Content-Type": "image/png"})
    importing.verb(key, "list")
    importing.work_off()
    assert importing.look(key)["state"] == "listed"
    assert File.objects.get().path == "nothing.png"


def test_a_fetch_that_died_goes_on_with_what_is_missing(
    importing: Importing, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "AT_ONCE", 1)
    key = listed(importing, urls=serve(server, PICTURES))["id"]
    importing.verb(key, "check")
    run = lease.claim_next(Run.objects.get(subject=key, state=State.QUEUED).pk)
    real = storage.put_file

    def dying(path: Any) -> str:
        real(path)
        if len(server.asked) == 4:
            raise KeyboardInterrupt  # as a killed worker
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "put_file", dying)
        with pytest.raises(KeyboardInterrupt):
            worker.work(run)
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, claim=None, lease_until=None)
    importing.work_off()
    assert importing.look(key)["report"]["images"]["new"] == 2
    assert [path for path, _ in server.asked[2:]] == ["/a.png", "/b.png", "/b.png"]


def test_the_whole_is_bounded_as_an_upload_is(importing: Importing, server: Server, settings: Settings) -> None:
    def unsaid(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(bytes(3000))

    settings.MAX_IMPORT_BYTES = 4000
    server.replies |= {f"/{name}": gives(bytes(3000)) for name in "ab"}
    key = listed(importing, urls=[server.at("/a"), server.at("/b")])["id"]
    importing.verb(key, "check")
    (run,) = importing.work_off()
    assert run.error == "The files are 0 MB together; this server takes 0 MB."
    server.replies |= {"/a": unsaid, "/b": unsaid}
    key = listed(importing, urls=[server.at("/a"), server.at("/b")])["id"]
    assert importing.look(key)["listing"]["unknown"] == 2
    importing.verb(key, "check")
    importing.work_off()
    assert Import.objects.get(pk=key).bytes == 3000, "the second would have been too much"


def test_a_disk_without_room_fetches_nothing(
    importing: Importing, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = listed(importing, urls=serve(server, PICTURES))["id"]
    importing.verb(key, "check")
    monkeypatch.setattr(room, "free_bytes", lambda: 1000)
    (run,) = importing.work_off()
    assert "There is no room" in run.error
    assert importing.look(key)["state"] == "listed"


def test_fetched_files_go_after_a_week_and_with_the_import_and_come_again(importing: Importing, server: Server) -> None:
    key = checked(importing, listed(importing, urls=serve(server, PICTURES))["id"])["id"]
    hashes = list(File.objects.values_list("sha256", flat=True))
    assert len(list(held())) == 2
    Import.objects.filter(pk=key).update(created=timezone.now() - KEPT - timedelta(minutes=1))
    other = listed(importing, urls=[server.at("/a.png")])["id"]
    assert not any(storage.has_blob(sha256) for sha256 in hashes)
    assert importing.do(key, "start")["result"]["made"]["image"] == 2, "they were fetched again"
    assert importing.client.delete(f"/api/v1/imports/{key}/").status_code == 204
    assert not File.objects.exclude(by=other).exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [({"urls": []}, "bad_list"), ({"urls": ["", "# nothing"]}, "bad_list"),
     ({"urls": ["https://example.org/"] * (web.MOST + 1)}, "bad_list"), ({"urls": "https://example.org"}, "invalid"),
     ({"urls": ["https://example.org/"], "folder": "/x"}, "invalid"), ({}, "invalid"),
     ({"urls": [{"a": 1}]}, "invalid"),
     ({"s3": "s3://closed/set"}, "bucket_not_allowed"), ({"s3": "s3://open/sets/../other"}, "bucket_not_allowed"),
     ({"s3": "s3://open/setsbeside"}, "bucket_not_allowed"), ({"s3": "/etc"}, "bucket_not_allowed")],
)  # fmt: skip
def test_what_is_no_list_and_no_open_bucket_is_refused(
    importing: Importing, settings: Settings, body: dict[str, Any], code: str
) -> None:
    settings.IMPORT_S3 = ["s3://open/sets"]
    assert post(importing, 400, **body)["code"] == code
    assert not Import.objects.exists()


def test_an_administrator_can_close_the_web(importing: Importing, settings: Settings) -> None:
    settings.IMPORT_URLS = False
    assert post(importing, 400, urls=["https://example.org/"])["code"] == "urls_not_allowed"


def test_an_upload_has_nothing_to_be_listed(importing: Importing) -> None:
    key = importing.check(coco(), "coco.json")["id"]
    assert importing.verb(key, "list", 409)["code"] == "nothing_to_list"


@pytest.mark.parametrize(
    ("urls", "paths"),
    [
        (["https://a.org/x/y/1.png", "https://a.org/x/z/1.png"], ["y/1.png", "z/1.png"]),
        (["https://a.org/x/1.png", "https://b.org/x/1.png"], ["a.org/x/1.png", "b.org/x/1.png"]),
        (["https://a.org/%2e%2e/1.png", "https://a.org/b%2F..%2Fc/2%201.png"], ["1.png", "b/c/2 1.png"]),
        (["https://a.org/get.png?id=1", "https://a.org/GET.png?id=2"], ["get.png", "GET-2.png"]),
        (["https://a.org/"], ["image"]),
        ([f"https://a.org/{'a/' * 800}b/1.png", "https://b.org/1.png"], [f"{'a/' * 499}b/1.png", "b.org/1.png"]),
    ],
)
def test_files_are_called_as_their_addresses_end(urls: list[str], paths: list[str]) -> None:
    assert web.paths([(url, web._last(url)) for url in urls]) == paths


Put = Callable[[str, bytes], None]


@pytest.fixture
def put(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    """A bucket "open", of which `sets` may be read; puts an object into it."""
    pytest.importorskip("moto")
    import boto3
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings.IMPORT_S3, settings.IMPORT_S3_KEY_ID, settings.IMPORT_S3_SECRET = ["s3://open/sets"], "key", "secret"
    with mock_aws():
        bucket._client_for.cache_clear()
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="open")
        yield lambda key, data: client.put_object(Bucket="open", Key=key, Body=data)
    bucket._client_for.cache_clear()


def test_a_prefix_of_a_bucket_comes_in(importing: Importing, put: Put) -> None:
    put("sets/pets/coco.json", _coco())
    put("sets/pets/in/a.png", PICTURES["a.png"])
    put("sets/pets/b.png", PICTURES["b.png"])
    put("sets/pets/", b"")
    put("sets/petsbeside.json", b"{}")
    put("secret.json", b"{}")
    row = listed(importing, s3="s3://open/sets/pets/")
    assert (row["state"], row["folder"], row["listing"]["files"]) == ("listed", "s3://open/sets/pets", 3)
    row = checked(importing, row["id"])
    assert row["report"]["images"]["new"] == 2
    assert importing.do(row["id"], "start")["result"]["made"]["annotation"] == 4
    assert Annotation.objects.count() == 4


def test_one_object_of_a_bucket_is_a_data_set_too(importing: Importing, put: Put) -> None:
    put("sets/pets.zip", archive(dataset(NAMES), PICTURES))
    row = checked(importing, listed(importing, s3="s3://open/sets/pets.zip")["id"])
    assert row["report"]["images"]["new"] == 2


def test_what_changed_since_it_was_listed_is_not_taken_and_listing_again_fetches_only_that(
    importing: Importing, put: Put
) -> None:
    for name, data in PICTURES.items():
        put(f"sets/{name}", data)
    key = listed(importing, s3="s3://open/sets")["id"]
    put("sets/b.png", pictures(["x", "y", "z"])["z"])
    row = checked(importing, key)
    assert (row["listing"]["fetched"], row["listing"]["refused"]) == (1, 1)
    assert "changed since it was listed" in "".join(importing.problems(key))
    importing.verb(key, "list")
    importing.work_off()
    row = importing.look(key)
    assert (row["state"], row["listing"]["fetched"], row["listing"]["refused"]) == ("listed", 1, 0)
    assert checked(importing, key)["report"]["images"]["new"] == 2


def test_an_empty_place_a_closed_one_and_too_many_files_say_so(
    importing: Importing, put: Put, settings: Settings
) -> None:
    key = post(importing, s3="s3://open/sets/none")["id"]
    (run,) = importing.work_off()
    assert run.error == "There is nothing below this place in the bucket."
    assert importing.look(key)["state"] == "unreadable"
    for name, data in PICTURES.items():
        put(f"sets/{name}", data)
    settings.MAX_IMPORT_FILES = 1
    post(importing, s3="s3://open/sets")
    (run,) = importing.work_off()
    assert "More than 1 files" in run.error
    settings.IMPORT_S3 = ["s3://gone/sets"]
    post(importing, s3="s3://gone/sets")
    (run,) = importing.work_off()
    assert run.error == "There is no such bucket."
