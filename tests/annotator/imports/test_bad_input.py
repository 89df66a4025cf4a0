"""Whatever somebody brings: refused with a sentence, or listed; never half done, never a 500."""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from annotator.annotations.models import Annotation
from annotator.imports import sources
from annotator.imports.models import Import
from annotator.lib import room
from tests.annotator.imports.conftest import HEIGHT, WIDTH, Importing, archive, coco, dataset, mask, pictures, zipped
from tests.annotator.world import picture

ONE = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[2, 2, 12, 2, 12, 10]]}


def refused(importing: Importing, data: bytes, name: str = "pets.zip") -> str:
    """The sentence with which the look at it failed."""
    found = importing.check(data, name)
    assert found["state"] == "unreadable"
    sentence: str = found["run"]["error"]
    assert "Something went wrong inside" not in sentence
    return sentence


def link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writer:
        entry = zipfile.ZipInfo("a.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        writer.writestr(entry, "/etc/passwd")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (link(), "x.zip", "links are not followed"),
        (zipped({"../../a.json": "{}"}), "x.zip", "not a safe path"),
        (zipped({"/etc/a.json": "{}"}), "x.zip", "not a safe path"),
        (zipped({}), "x.zip", "no file in it"),
        (zipped({"a.bin": b"\x00" * 99}), "x.zip", "not recognised"),
        (b"\xff\xfe\x00\x01" * 99, "x.bin", "not recognised"),
        (b'{"images": [', "x.json", "is not JSON"),
        (b'{"images": [{"file_name": "\xe9\xe8.png"}], "annotations": []}', "x.json", "is not JSON"),
        (b'{"images": [], "annotations": ' + b"[" * 100_000, "x.json", "is not JSON"),
        (coco(images=[{"id": 1, "file_name": "a.png", "width": 10**9, "height": 10**9}]), "x.json", "is no size of"),
    ],
)
def test_it_is_refused_with_a_sentence(importing: Importing, data: bytes, name: str, says: str) -> None:
    assert says in refused(importing, data, name)


def test_a_bomb_is_not_unpacked(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BOMB_BYTES", 100_000)
    assert "no data set is packed like that" in refused(importing, zipped({"a.json": b" " * 1_000_000}))


def test_an_archive_may_not_unpack_to_more_than_the_limit(importing: Importing, settings: Settings) -> None:
    settings.MAX_IMPORT_BYTES = 4000
    assert "unpacks to more than" in refused(importing, zipped({"a.json": b" " * 100_000}))


def test_what_is_too_large_empty_or_without_room_is_refused_at_the_door(
    importing: Importing, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert importing.send(b"", status=400)["code"] == "import_empty"
    monkeypatch.setattr(room, "free_bytes", lambda: 1000)
    assert importing.send(coco(), status=507)["code"] == "disk_full"
    settings.MAX_IMPORT_BYTES = 100
    assert importing.send(coco(), status=400)["code"] == "import_too_large"
    assert not Import.objects.exists()


def brought(importing: Importing, **parts: Any) -> tuple[dict[str, Any], list[str]]:
    """What became of a document beside its picture."""
    done = importing.bring(zipped({"x.json": coco(**parts)} | pictures(["a.png"])))
    return done, importing.problems(done["id"])


def test_duplicate_ids_and_unknown_images_and_labels_are_listed_and_the_rest_comes_in(importing: Importing) -> None:
    odd = [ONE, ONE, ONE | {"id": 2, "image_id": 9}, ONE | {"id": 3, "category_id": 9}, ONE | {"id": "x"}, 7]
    done, problems = brought(importing, annotations=odd)
    assert done["result"]["made"]["annotation"] == 1
    assert done["report"]["problems"] == done["result"]["problems"] == len(problems) == 5
    assert "used twice" in problems[0]
    assert "no image 9" in problems[1]
    assert "no category 9" in problems[2]


def test_masks_of_another_size_than_the_image_are_left_out(importing: Importing) -> None:
    wrong = mask(1, 1).to_json() | {"size": [HEIGHT + 1, WIDTH]}
    done, problems = brought(importing, annotations=[ONE | {"segmentation": wrong}, ONE | {"id": 2}])
    assert done["result"]["made"]["annotation"] == 1
    assert len(problems) == 1


def test_an_image_of_another_size_than_its_annotations_say_takes_none(importing: Importing) -> None:
    importing.bring(archive(dataset(("a.png",), 0), pictures(["a.png"])))
    images = [{"id": 1, "file_name": "a.png", "width": WIDTH * 2, "height": HEIGHT * 2}]
    done = importing.bring(coco(images=images), "x.json")
    (problem,) = importing.problems(done["id"])
    assert "for 80 × 60 pixels; the image in the project has 40 × 30. 1 object on it left out." in problem
    assert not Annotation.objects.exists()


def test_images_that_are_nowhere_are_listed(importing: Importing) -> None:
    done = importing.bring(coco(), "x.json")
    assert done["report"]["images"]["without_picture"] == 1
    assert "Neither the data set nor the project has its picture" in importing.problems(done["id"])[0]
    assert sum(done["result"]["made"].values()) == 0


def test_a_picture_that_is_none_is_listed_and_the_others_come(importing: Importing) -> None:
    both = [{"id": at, "file_name": f"{at}.png", "width": WIDTH, "height": HEIGHT} for at in (1, 2)]
    good = picture((WIDTH, HEIGHT))
    cut = good[: len(good) // 2]  # its header is right
    files: dict[str, bytes | str] = {"x.json": coco(images=both, annotations=[ONE]), "1.png": cut, "2.png": good}
    done = importing.bring(zipped(files))
    assert done["result"]["made"]["image"] == 1
    assert "1.png" in importing.problems(done["id"])[-1]


def test_one_name_for_several_images_is_no_guess(importing: Importing) -> None:
    names = ("x/a.png", "y/a.png")
    importing.bring(archive(dataset(names, 0), pictures(names)))
    done = importing.bring(coco(), "x.json")
    assert "which is meant cannot be told" in importing.problems(done["id"])[0]


def test_text_that_no_database_holds_is_cleaned(importing: Importing) -> None:
    images = [{"id": 1, "file_name": "a\x00\ud800.png", "width": WIDTH, "height": HEIGHT}]
    named = ONE | {"attributes": {"no\x00te": "a\x00\ud800b"}}
    document = coco(images=images, annotations=[named], categories=[{"id": 1, "name": "C\x00at\ud800"}])
    done = importing.bring(document, "x.json")
    assert done["report"]["labels"][0]["name"] == "Cat?"
    importing.bring(archive(dataset(("a.png",), 0), pictures(["a.png"])))
    importing.bring(coco(annotations=[named]), "x.json")
    assert Annotation.objects.get().attributes == {"note": "a?b"}


def test_problems_come_as_json_and_as_a_table_without_formulas(importing: Importing) -> None:
    odd = [{"id": 1, "file_name": f"={at}.png", "width": WIDTH, "height": HEIGHT} for at in range(3)]
    done = importing.check(coco(images=odd), "x.json")
    path = f"/api/v1/imports/{done['id']}/problems/"
    found = importing.client.get(f"{path}?limit=2").json()
    assert (found["count"], len(found["results"])) == (3, 2)
    answer = importing.client.get(f"{path}?kind=csv")
    head, *rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert head == ["file", "item", "reason"]
    assert len(rows) == 3
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_bad_choices_are_refused(importing: Importing) -> None:
    key = importing.check(archive(dataset(), pictures(("a.png", "in/b.png"))))["id"]
    gone = {"to": "label", "label": "00000000-0000-4000-8000-000000000000"}
    for labels in ({"Cat": gone}, {"other": {"to": "none"}}, {"Cat": {"to": "new"}}, {"Cat": {"to": "x"}}, {"Cat": 7}):
        assert importing.verb(key, "start", 400, labels=labels)["code"] in {"unknown_label", "invalid"}
    assert not Annotation.objects.exists()


def test_folders_are_read_only_where_an_administrator_opened_them(
    importing: Importing, settings: Settings, tmp_path: Path
) -> None:
    opened, closed = tmp_path / "open", tmp_path / "closed"
    for place in (opened / "pets", closed):
        place.mkdir(parents=True)
        (place / "x.json").write_bytes(coco())
        (place / "a.png").write_bytes(pictures(["a.png"])["a.png"])
    (opened / "out").symlink_to(closed)
    (opened / "pets" / "secret.png").symlink_to("/etc/passwd")
    path = f"/api/v1/projects/{importing.world.project.pk}/imports/"

    def ask(folder: object) -> Any:
        return importing.client.post(path, {"folder": str(folder)}, format="json")

    assert ask(opened / "pets").json()["code"] == "folder_not_allowed", "off unless it is set"
    settings.IMPORT_FOLDERS = [str(opened)]
    elsewhere = (closed, opened / "out", opened / ".." / "closed", "/none", "x")
    said = {ask(folder).json()["message"] for folder in elsewhere}
    assert len(said) == 1, "nobody learns which folders there are"
    assert ask(opened / "pets").status_code == 202
    importing.work_off()
    row = Import.objects.get()
    assert row.report["images"]["new"] == 1
    assert importing.do(str(row.pk), "start")["result"]["made"]["annotation"] == 1
    assert importing.client.post(path, {}, format="json").status_code == 400
