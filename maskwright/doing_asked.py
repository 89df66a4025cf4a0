"""What each word of the command line does that asks a model."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from maskwright import detections
from maskwright.client import Client
from maskwright.doing import writable
from maskwright.records import Image, Run
from maskwright.showing import Line


def boxes(options: argparse.Namespace) -> None:
    """Ask for masks of a detector's boxes."""
    client, line = Client(), Line()
    writable(options.output)
    found = detections.read(options.file)
    run = client.boxes(client.project(options.project), **found, as_file=options.output is not None)
    if not (options.wait or options.output):
        return line.say(f"Started as run {run.id}.")
    done = client.wait(run, lambda one: line.run(one))
    for problem in done.raw["result"].get("problems", []):
        line.say(problem)
    if options.output:
        options.output.write_text(json.dumps(client.box_masks(done)), encoding="utf-8")
        line.say(str(options.output))
    return None


def find(options: argparse.Namespace) -> None:
    """Ask in words."""
    client, line = Client(), Line()
    project = client.project(options.project)
    labelled = [{"label": name, "words": words} for name, _, words in (one.partition("=") for one in options.label)]
    images = [client.find_image(project, named) for named in options.image] or None
    if options.like or options.unlike:
        run = _find_like(client, options, images or [], labelled)
    else:
        run = client.find(project, [*options.words, *labelled], threshold=options.threshold, images=images)
    _follow(client, line, run, wait=options.wait)


def _find_like(client: Client, options: argparse.Namespace, images: Sequence[Image], labelled: list[Any]) -> Run:
    if len(images) != 1 or len(labelled) > 1 or len(options.words) + len(labelled) > 1:
        raise ValueError("Examples are of one --image, and of one kind: at most one label, or words.")
    kind = labelled[0] if labelled else {"words": "".join(options.words)}
    like, unlike = _examples(options.like), _examples(options.unlike)
    return client.find_like(
        images[0], like[0], objects=like[1], unlike=unlike[0], unlike_objects=unlike[1], threshold=options.threshold,
        **kind,
    )  # fmt: skip


def _examples(given: Sequence[str]) -> tuple[list[Sequence[float]], list[str]]:
    """Boxes as x, y, width and height, and the ids of objects."""
    boxes, objects = list[Sequence[float]](), list[str]()
    for one in given:
        if "," not in one:
            objects.append(one)
            continue
        try:
            x0, y0, x1, y1 = map(float, one.split(","))
        except ValueError:
            raise ValueError(f"An example is a box X0,Y0,X1,Y1 or the id of an object, not “{one}”.") from None
        boxes.append((x0, y0, x1 - x0, y1 - y0))
    return boxes, objects


def track(options: argparse.Namespace) -> None:
    """Follow an object."""
    client, line = Client(), Line()
    image = client.find_image(client.project(options.project), options.image)
    pointed: dict[str, Any] = {"points": options.point} if options.point else {}
    if options.box:
        x0, y0, x1, y1 = options.box
        pointed["box"] = (x0, y0, x1 - x0, y1 - y0)
    if not pointed and (options.label or options.track):
        raise ValueError("--label and --track are of what is pointed at: give a --point or a --box, too.")
    prompts = [pointed | {"label": options.label, "track": options.track}] if pointed else []
    run = client.track(
        image, prompts, objects=options.object or None, count=options.count, backwards=options.backwards
    )  # fmt: skip
    for number in run.raw["params"].get("tracks", []):
        line.say(f"Track {number}.")
    _follow(client, line, run, wait=options.wait)


def _follow(client: Client, line: Line, run: Run, *, wait: bool) -> None:
    """Say what became of a run that makes suggestions, or how to look after it."""
    if not wait:
        return line.say(f"Started as run {run.id}.")
    done = client.wait(run, lambda one: line.run(one))
    for problem in done.result.get("problems", []):
        line.say(problem)
    for look in done.result.get("needs_a_look", []):
        line.say(f"{look['name']}: {look['reason']}")
    return line.say(done.message)


def predict(options: argparse.Namespace) -> None:
    """Compute a mask here."""
    # Here, for they take seconds to load and no other word needs them.
    import numpy as np
    from PIL import Image as Picture

    from maskwright.predict import RemotePredictor

    client = Client()
    writable(options.output)
    image = client.find_image(client.project(options.project), options.image)
    points = [(x, y) for x, y, _ in options.point or ()]
    answer = RemotePredictor(client).predict(image, points, [int(one[2]) for one in options.point or ()], options.box)
    mask = answer.mask()
    found = {"area": int(mask.sum()), "predicted_iou": round(float(answer.scores[answer.best]), 4)}
    if options.output:
        Picture.fromarray(np.where(mask, 255, 0).astype(np.uint8)).save(options.output)
    print(json.dumps(found))
