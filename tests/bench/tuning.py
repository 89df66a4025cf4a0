"""What accepted masks teach the embedded model: clicks to IoU 0.85 with 0, 25, 100 and 400 of them, by domain.

    nice -n 10 python -m tests.bench.tuning var/tuning --sets car-parts clothing-ccp --sizes 25 100

Photos come from `../shared/data`, or where `MASKWRIGHT_DATA` says. Clicks are measured on photos that the embedded
model has never seen: some of a dev set, and of the other sets those that its training left out by name. What is learnt
from are further photos of the same set, which the embedded model knows unless the set is a dev set; there the gain is
what specialising alone gives. Of N accepted masks a quarter of the photos stays with the gate, as in the app.

"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from sam_backend import ModelPackage, Predictor, compact_package_path, load_package
from sam_backend.data.drawn import held_out
from sam_backend.data.records import Record, load_pixels, read_records
from sam_backend.tuning import Change, Example, TuneOptions
from sam_backend.tuning.drawing import as_example, masks_in_order
from sam_backend.tuning.export import write_graphs
from sam_backend.tuning.families import load_tunable
from sam_backend.tuning.gate import OLD, changes, drawn, measure
from sam_backend.tuning.images import StoredImages
from sam_backend.tuning.learn import learn
from sam_backend.tuning.split import split
from sam_backend.tuning.state import State

DATA = Path(os.environ.get("MASKWRIGHT_DATA", "../shared/data"))
DEV = ("bsds500-test", "davis16-train")
"""Never trained on."""
HOLD_OUT = 0.03
"""Share of the other sets' photos that training left out by name (`hold_out` in research.toml)."""
DEV_TESTED = 12
PER_IMAGE = 10


class Domain:
    """One set: its photos to learn from in a drawn order, and those that clicks are measured on."""

    def __init__(self, name: str, folder: Path, predictor: Predictor) -> None:
        self.name, self._folder, self._predictor = name, folder / "embeddings" / name, predictor
        self._folder.mkdir(parents=True, exist_ok=True)
        records = read_records(DATA / name)
        records = [records[i] for i in np.random.default_rng(3).permutation(len(records))]
        unseen = [r for r in records if held_out(r.path.name, HOLD_OUT)]
        self._tested = records[:DEV_TESTED] if name in DEV else unseen
        self._rest = [r for r in records if r not in self._tested]

    def tested(self) -> list[Example]:
        return [self._example(record, PER_IMAGE) for record in self._tested]

    def accepted(self, count: int) -> list[Example]:
        """Examples with `count` masks in all, up to `PER_IMAGE` of a photo."""
        return list(self._accepted(count))

    def _accepted(self, left: int) -> Iterator[Example]:
        for record in self._rest:
            if left <= 0:
                return
            example = self._example(record, min(PER_IMAGE, left))
            left -= len(example.masks)
            yield example

    def _example(self, record: Record, most: int) -> Example:
        blob = self._folder / f"{record.path.name}.embedding"
        if not blob.exists():
            blob.write_bytes(self._predictor.encode(load_pixels(record)).to_bytes())
        return as_example(record, masks_in_order(record)[:most], blob)


def tuned(domain: Domain, count: int, folder: Path, parent: ModelPackage, options: TuneOptions) -> Path:
    """The package after `count` accepted masks, trained unless it is there."""
    target = folder / f"{domain.name}-{count}"
    if (target / "manifest.json").is_file():
        return target
    began, used = time.monotonic(), time.process_time()
    stored = StoredImages(Predictor(parent, options.threads), parent.manifest.decoder.mask_size)
    state = State(folder / f"{domain.name}-{count}.state", "bench")
    model = load_tunable(parent, "cpu")
    sides = split(domain.accepted(count), options)
    learnt = learn(model, stored, sides, options, "cpu", state, lambda *_: None)
    target.mkdir(exist_ok=True)
    write_graphs(model, parent, target, replace(options, name=f"{domain.name} {count}"))
    took = f"{time.monotonic() - began:.0f} s, {time.process_time() - used:.0f} s of the processor"
    print(f"{domain.name} {count}: {learnt}, {took}", flush=True)
    return target


def measured(
    domain: Domain, sizes: Sequence[int], folder: Path, parent: ModelPackage, options: TuneOptions
) -> dict[str, dict[str, Change]]:
    """By number of masks: each metric's change against the parent."""
    stored = StoredImages(Predictor(parent, options.threads), parent.manifest.decoder.mask_size)
    masks = drawn(domain.tested(), options.most_measured, options.seed)
    found = {}
    before = None
    for count in sizes:
        new = load_package(tuned(domain, count, folder, parent, options))
        models = {str(count): Predictor(new, options.threads)}
        if before is None:
            before = measure(
                "old", {OLD: Predictor(parent, options.threads)}, stored, masks, options.clicks,
                State(folder / f"{domain.name}.measured", "bench"), lambda done: None,
            )  # fmt: skip
        after = measure(
            str(count), models, stored, masks, options.clicks,
            State(folder / f"{domain.name}.measured", "bench"), lambda done: None,
        )  # fmt: skip
        rows = [{**old, "new": new[str(count)]} for old, new in zip(before, after, strict=True)]
        found[str(count)] = changes(rows)
        clicks = found[str(count)]["noc85"]
        print(f"{domain.name} {count}: {len(rows)} masks, {line(clicks)}", flush=True)
    return found


def line(change: Change) -> str:
    old, new, gap = change.old, change.new, change.difference
    share = (new.mean - old.mean) / old.mean
    return f"{old.mean:.2f} -> {new.mean:.2f} ({share:+.0%}), {gap.mean:+.2f} ({gap.low:+.2f} to {gap.high:+.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="+", default=["car-parts", "clothing-ccp", "nuclei-dsb2018", "bsds500-test"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[25, 100, 400])
    parser.add_argument("--masks", type=int, default=40, help="measured per set")
    parser.add_argument("--rate", type=float, default=TuneOptions.learning_rate)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    if not DATA.is_dir():
        parser.exit(0, f"{DATA} is not there; name the data with MASKWRIGHT_DATA.\n")
    torch.set_num_threads(arguments.threads)
    parent = load_package(compact_package_path())
    options = TuneOptions(most_measured=arguments.masks, threads=arguments.threads, learning_rate=arguments.rate)
    for name in arguments.sets:
        domain = Domain(name, arguments.folder, Predictor(parent, arguments.threads))
        found = measured(domain, arguments.sizes, arguments.folder, parent, options)
        plain = {size: {m: vars(c.difference) | {"old": c.old.mean, "new": c.new.mean} for m, c in changed.items()}
                 for size, changed in found.items()}  # fmt: skip
        (arguments.folder / f"{name}.json").write_text(json.dumps(plain, indent=1))


if __name__ == "__main__":
    main()
