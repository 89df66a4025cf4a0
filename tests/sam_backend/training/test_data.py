from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from sam_backend.data.drawn import held_out
from sam_backend.data.pack import load_data, pack_records, read_pack, write_pack
from sam_backend.data.records import read_records
from sam_backend.training.config import Phase, parse_config
from sam_backend.training.sampler import Sampler
from tests.sam_backend.training.conftest import rle_of

CONFIG = {"name": "t", "steps": 10, "phases": [{"until": 1.0, "size": 64, "batch": 2, "masks": 2}], "hold_out": 0.0}


def test_a_pack_gives_back_what_went_in(discs: Path, tmp_path: Path) -> None:
    images = pack_records(read_records(discs), 64)
    write_pack(images, tmp_path / "p.safetensors")
    again = read_pack(tmp_path / "p.safetensors")
    assert [i.name for i in again] == [i.name for i in images]
    assert [i.counts for i in again] == [i.counts for i in images]
    assert again[0].pixels().shape == (43, 64, 3)


def test_coco_polygons_and_rle_are_read_and_crowds_left_out(discs: Path, tmp_path: Path) -> None:
    rle = json.loads((discs / "annotations.jsonl").read_text().splitlines()[0])["masks"][0]["rle"]
    square = [10, 10, 40, 10, 40, 40, 10, 40]
    file = discs / "instances.json"
    file.write_text(json.dumps({
        "images": [{"id": 1, "file_name": "images/0.png", "height": 64, "width": 96}],
        "annotations": [
            {"id": 1, "image_id": 1, "segmentation": [square], "iscrowd": 0},
            {"id": 2, "image_id": 1, "segmentation": rle, "iscrowd": 0},
            {"id": 3, "image_id": 1, "segmentation": rle, "iscrowd": 1},
        ],
    }))  # fmt: skip
    (record,) = read_records(file)
    assert len(record.counts) == 2
    assert record.areas[0] == pytest.approx(900 / (64 * 96), rel=0.05)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", "annotations.jsonl:1"),
        ('{"image": "images/0.png", "height": 64, "width": 96}', "annotations.jsonl:1"),
        (
            '{"image": "images/0.png", "height": 64, "width": 96,'
            ' "masks": [{"rle": {"size": [5, 5], "counts": "i0"}}]}',
            "5×5 px on a 96×64",
        ),
        ('{"image": "images/0.png", "height": 64, "width": 96, "masks": []}', "no usable masks"),
    ],
)
def test_bad_annotations_are_named(discs: Path, line: str, message: str) -> None:
    (discs / "annotations.jsonl").write_text(line + "\n")
    with pytest.raises(ValueError, match=message):
        read_records(discs)


def test_a_folder_without_masks_and_a_broken_picture_are_named(discs: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no annotations\.jsonl"):
        read_records(tmp_path)
    (discs / "images" / "0.png").write_bytes(b"\x89PNG broken")
    with pytest.raises(ValueError, match=r"0\.png: not a picture"):
        pack_records(read_records(discs), 64)
    (tmp_path / "x.safetensors").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="not a training pack"):
        load_data([str(tmp_path / "x.safetensors")])


def test_a_batch_depends_on_seed_and_step_alone(discs: Path) -> None:
    images = load_data([str(discs)])
    phase = Phase(1.0, 64, 2, 2)
    config = parse_config(CONFIG)
    first = Sampler(images, config, 32, (124, 116, 104)).batch(7, phase)
    second = Sampler(images, config, 32, (124, 116, 104))
    second.batch(3, phase)
    again = second.batch(7, phase)
    for name in ("images", "masks", "points", "labels"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert first.images.shape == (2, 3, 64, 64)
    assert first.masks.shape == (2, 2, 32, 32)


def test_first_points_lie_in_their_masks(discs: Path) -> None:
    sampler = Sampler(load_data([str(discs)]), parse_config(CONFIG | {"box_share": 0.0}), 32, (0, 0, 0))
    batch = sampler.batch(1, Phase(1.0, 64, 4, 2))
    for mask, point in zip(batch.masks.reshape(-1, 32, 32), batch.points.reshape(-1, 2, 2), strict=True):
        x, y = (point[0] / 2).astype(int)
        assert mask[y, x] > 0


def test_held_out_pictures_are_chosen_by_name() -> None:
    names = [f"{i}.jpg" for i in range(4000)]
    share = np.mean([held_out(n, 0.05) for n in names])
    assert 0.03 < share < 0.07
    assert [held_out(n, 0.05) for n in names] == [held_out(n, 0.05) for n in names]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": 0}, "steps"),
        ({"colour": 1}, "unknown key colour"),
        ({"phases": []}, "phases"),
        ({"phases": [{"until": 1.0, "size": 50, "batch": 1, "masks": 1}]}, "multiples of 32"),
        ({"precision": "fp8"}, "precision"),
    ],
)
def test_a_wrong_configuration_is_refused(change: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_config(CONFIG | change)


def test_batches_made_by_other_processes_are_the_same(discs: Path) -> None:
    pytest.importorskip("torch")
    from sam_backend.training.feed import Feed

    config = parse_config(CONFIG)
    sampler = Sampler(load_data([str(discs)]), config, 32, (0, 0, 0))
    phase = config.phases[0]
    with Feed(sampler, config, workers=1) as feed:
        for step in (2, 3, 9):
            assert np.array_equal(feed.batch(step, phase).images, sampler.batch(step, phase).images)


def test_a_pack_becomes_data_folders_again(discs: Path, tmp_path: Path) -> None:
    from sam_backend.data.unpack import unpack

    write_pack(pack_records(read_records(discs), 48), tmp_path / "p.safetensors")
    (folder,) = unpack(tmp_path / "p.safetensors", tmp_path / "out")
    before, after = read_records(discs), read_records(folder)
    assert [r.path.name for r in after] == [r.path.name for r in before]
    assert (after[0].height, after[0].width) == (32, 48)
    assert after[0].areas[0] == pytest.approx(before[0].areas[0], rel=0.08)


def test_a_class_of_empty_masks_is_left_out_and_the_rest_is_read(discs: Path) -> None:
    lines = [json.loads(line) for line in (discs / "annotations.jsonl").read_text().splitlines()]
    empty = {"rle": rle_of(np.zeros((64, 96), np.uint8)), "label": "nothing"}
    for line in lines:
        line["masks"].append(empty)
    (discs / "annotations.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    assert {len(record.counts) for record in read_records(discs)} == {1}
    for line in lines:
        line["masks"] = [empty]
    (discs / "annotations.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    with pytest.raises(ValueError, match="no usable masks"):
        read_records(discs)


def test_a_picture_cut_short_is_named_before_anything_is_trained(discs: Path) -> None:
    import cv2

    pixels = cv2.imread(str(discs / "images" / "0.png"))
    cv2.imwrite(str(discs / "whole.jpg"), pixels)
    whole = (discs / "whole.jpg").read_bytes()
    for length in (200, len(whole) - 40):
        (discs / "images" / "0.png").write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"0\.png: not a picture that can be read"):
            load_data([str(discs)])


def test_coco_with_a_mask_of_another_size_and_without_masks_is_named(discs: Path) -> None:
    rle = rle_of(np.ones((5, 5), np.uint8))
    picture = {"id": 7, "file_name": "images/0.png", "height": 64, "width": 96}
    file = discs / "coco.json"
    file.write_text(json.dumps({"images": [picture], "annotations": [{"image_id": 7, "segmentation": rle}]}))
    with pytest.raises(ValueError, match="image 7: a mask of 5×5 px on a 96×64 picture"):
        read_records(file)
    file.write_text(json.dumps({"images": [picture], "annotations": []}))
    with pytest.raises(ValueError, match="no usable masks"):
        read_records(file)


def test_coco_is_trained_on_like_a_data_folder(discs: Path) -> None:
    rows = [json.loads(line) for line in (discs / "annotations.jsonl").read_text().splitlines()]
    file = discs / "coco.json"
    file.write_text(json.dumps({
        "images": [{"id": i, "file_name": r["image"], "height": 64, "width": 96} for i, r in enumerate(rows)],
        "annotations": [{"image_id": i, "segmentation": r["masks"][0]["rle"]} for i, r in enumerate(rows)],
    }))  # fmt: skip
    batch = Sampler(load_data([str(file)]), parse_config(CONFIG), 32, (0, 0, 0)).batch(1, Phase(1.0, 64, 2, 2))
    assert batch.masks.max() == 255


def test_a_full_disk_while_packing_leaves_the_old_pack(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.safetensors"
    images = pack_records(read_records(discs), 64)
    write_pack(images, path)
    kept = path.read_bytes()

    def full(tensors: Any, target: Any) -> None:
        target.write_bytes(b"part")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sam_backend.data.pack.save_file", full)
    with pytest.raises(OSError, match="No space"):
        write_pack(images[:1], path)
    assert path.read_bytes() == kept
    assert not path.with_name("p.safetensors.part").exists()


def nested(parent: Any) -> Any:
    """One picture of a disc in a disc in a disc, and a fourth that is almost the largest."""
    folder = parent / "nested"
    (folder / "images").mkdir(parents=True)
    masks = [np.zeros((80, 120), np.uint8) for _ in range(4)]
    for mask, radius in zip(masks, (12, 22, 34, 35), strict=True):
        cv2.circle(mask, (60, 40), radius, 1, -1)
    cv2.imwrite(str(folder / "images" / "0.png"), np.full((80, 120, 3), 90, np.uint8))
    row = {"image": "images/0.png", "height": 80, "width": 120, "masks": [{"rle": rle_of(mask)} for mask in masks]}
    (folder / "annotations.jsonl").write_text(json.dumps(row) + "\n")
    return folder


def test_what_else_a_point_may_have_meant_lies_under_it_and_is_something_else(tmp_path: Path) -> None:
    config = parse_config(CONFIG | {"box_share": 0.5, "others_weight": 0.5})
    sampler = Sampler(load_data([str(nested(tmp_path))]), config, 32, (0, 0, 0))
    seen = 0
    for step in range(12):
        batch = sampler.batch(step, Phase(1.0, 64, 2, 3))
        assert batch.others.shape == (2, 3, 2, 32, 32)
        for b, k in np.ndindex(2, 3):
            others = [mask for mask in batch.others[b, k] if mask.any()]
            assert not others or batch.labels[b, k, 0] == 1  # a box is not ambiguous
            x, y = (batch.points[b, k, 0] / 2).astype(int)
            for index, mask in enumerate(others):
                seen += 1
                assert mask[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].max() > 127
                for other in (batch.masks[b, k], *others[:index]):
                    both, either = ((mask > 127) & (other > 127)).sum(), ((mask > 127) | (other > 127)).sum()
                    assert both / either < 0.85  # 0.8 at the picture's size
    assert seen > 20
    assert (
        not Sampler(load_data([str(tmp_path / "nested")]), parse_config(CONFIG), 32, (0, 0, 0))
        .batch(0, Phase(1.0, 64, 2, 2))
        .others.any()
    )


@pytest.mark.parametrize("source", ["pack", "procedural"])
def test_masks_under_a_point_are_those_that_hold_it(tmp_path: Path, source: Any) -> None:
    (image,) = load_data([str(nested(tmp_path))] if source == "pack" else ["procedural:1:3"])
    masks = [image.mask(index) for index in range(len(image.areas))]
    height, width = masks[0].shape
    rng = np.random.default_rng(0)
    for x, y in rng.uniform(0, 1, (40, 2)):
        row, column = int(y * height), int(x * width)
        assert image.containing(x, y) == [i for i, mask in enumerate(masks) if mask[row, column]]
