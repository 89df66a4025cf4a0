"""Verbs that ask a model: masks for a detector's boxes, what words or examples find, and objects followed along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from maskwright.connection import Connection
from maskwright.phrases import labels_of, named
from maskwright.pointing import prompt
from maskwright.records import Image, Model, Project, Run, id_of


class Asking:
    """The part of a client that asks models; everything it starts is a run."""

    connection: Connection

    def boxes(
        self, project: Project | str, results: Sequence[Any], *, images: Sequence[Any] = (),
        categories: Sequence[Any] = (), as_file: bool = False,
    ) -> Run:  # fmt: skip
        """Ask for a mask of each box of a detector's COCO results; `images` and `categories` are COCO's, for those that
        the results name by number. Masks become suggestions, or are fetched with `box_masks`."""
        body = {"results": list(results), "images": list(images), "categories": list(categories)}
        body["as"] = "file" if as_file else "suggestions"  # type: ignore[assignment]
        return Run.of(self.connection.json("POST", f"projects/{id_of(project)}/boxes/", body))

    def box_masks(self, run: Run | str) -> list[Any]:
        """Return the masks of a finished run that was asked for a file, as COCO results with RLE."""
        found: list[Any] = self.connection.json("GET", f"runs/{id_of(run)}/boxes/")
        return found

    def find(
        self, project: Project | str, phrases: Sequence[str | Mapping[str, Any]], *, threshold: float | None = None,
        nms: float | None = None, images: Sequence[Image | str] | None = None, model: Model | str | None = None,
    ) -> Run:  # fmt: skip
        """Ask a model in words for everything of these kinds, on some images or all. A phrase is words, or "words" and
        the name or id of a "label", whose name is looked for where there are no words. What is found with a score above
        `threshold` becomes suggestions; of masks that overlap with an IoU above `nms` the best."""
        body: dict[str, Any] = {
            "phrases": named(self.connection, id_of(project), phrases),
            "threshold": threshold,
            "nms": nms,
        }
        body["images"] = None if images is None else [id_of(image) for image in images]
        body["model"] = None if model is None else id_of(model)
        return Run.of(self.connection.json("POST", f"projects/{id_of(project)}/words/", body))

    def find_like(
        self, image: Image | str, boxes: Sequence[Sequence[float]] = (), *, unlike: Sequence[Sequence[float]] = (),
        objects: Sequence[str] = (), unlike_objects: Sequence[str] = (), words: str = "", label: str | None = None,
        threshold: float | None = None,
    ) -> Run:  # fmt: skip
        """Ask for everything on one image that is like what is in `boxes`, x, y, width and height in pixels, or like
        `objects` of it, by their ids, and not like what is in `unlike` or like `unlike_objects`; `label` is the name or
        id of the one that it gets."""
        examples = {"boxes": [*map(list, boxes)], "unlike": [*map(list, unlike)]}
        saved = {"objects": [*objects], "unlike_objects": [*unlike_objects]}
        phrase = {"words": words, "label": self._label(image, label)} | examples
        body = {"phrases": [phrase | {name: keys for name, keys in saved.items() if keys}], "threshold": threshold}
        return Run.of(self.connection.json("POST", f"images/{id_of(image)}/words/", body))

    def track(
        self, image: Image | str, prompts: Sequence[Mapping[str, Any]] = (), *, objects: Sequence[str] | None = None,
        count: int | None = None, backwards: bool = False,
    ) -> Run:  # fmt: skip
        """Follow objects from an image along the `count` images after it (to the end, when None), or those before it.

        A prompt points at an object that nobody drew: "points" (x, y), or (x, y, 0) for what is not of it, and "box" x,
        y, width and height, in pixels; the name or id of a "label"; a "track"; and "also", where it is on others, each
        with an "image". `objects` are ids of saved ones; without either all of the image are followed. What is found
        becomes suggestions; `raw["params"]["tracks"]` of the run are the tracks of the prompts."""
        wanted = [prompt(one, self._label(image, one.get("label"))) for one in prompts]
        body = {"prompts": wanted, "objects": None if objects is None else [*objects], "count": count}
        return Run.of(
            self.connection.json("POST", f"images/{id_of(image)}/propagate/", body | {"backwards": backwards})
        )

    def _label(self, image: Image | str, named: str | None) -> str | None:
        """The id of a label of the image's project."""
        if not named:
            return None
        raw = self.connection.json("GET", f"images/{image}/") if isinstance(image, str) else image.raw
        return labels_of(self.connection, raw["project"])(named)
