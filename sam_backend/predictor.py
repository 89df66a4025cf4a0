"""Encode an image once, then answer prompts: onnxruntime and NumPy only."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sam_backend.decoder import PackageDecoder
from sam_backend.embedding import Embedding
from sam_backend.encoder import PackageEncoder
from sam_backend.finish import Finish, Parts, parts_of
from sam_backend.package import ModelPackage
from sam_backend.postprocess import BoolArray
from sam_backend.prompts import PromptTensors, build_prompt
from sam_backend.settled import settle
from sam_backend.tidy import Points
from sam_backend.transforms import FloatArray, Frame, check_image, prepare_image


@dataclass(frozen=True)
class Prediction:
    """The decoder's answer to one prompt; index 0 is the unambiguous mask, 1 to 3 the candidates.

    ``scores`` float32 [4] are predicted IoUs, ``logits`` float32 [4, m, m] are the decoder's own, of a correction with
    what earlier points settled (settled.py), and may be fed back as ``mask_input``; ``best`` is the mask to show first.
    Masks are finished (see finish.py) and made when asked for. ``clicks`` are the prompt's points [N, 2] and labels
    [N]; ``parts`` says which parts of a mask it asks for.
    """

    logits: FloatArray
    scores: FloatArray
    best: int
    finish: Finish
    clicks: Points | None = None
    parts: Parts = "all"

    @property
    def frame(self) -> Frame:
        """How the image lies in the encoder's square."""
        return self.finish.frame

    @property
    def threshold(self) -> float:
        """Logits above it belong to the mask."""
        return self.finish.threshold

    @cached_property
    def masks(self) -> BoolArray:
        """bool [4, height, width]."""
        return np.stack([self.mask(index) for index in range(len(self.logits))])

    def mask(self, index: int | None = None, parts: Parts | None = None) -> BoolArray:
        """One mask, bool [height, width]; the best one and the prompt's own parts by default."""
        logits = self.logits[self.best if index is None else index]
        return self.finish.mask(logits, self.clicks, parts or self.parts)


class Predictor:
    """Runs one model package. Graphs are loaded at first use; not safe to share between threads.

    ``device`` insists on a torch device for encoding; by default a GPU is used where there is one and the package
    carries weights; ``compiled`` prepares that with torch.compile (see encoder.PackageEncoder).
    """

    def __init__(
        self, package: ModelPackage, threads: int = 2, device: str | None = None, compiled: bool = False
    ) -> None:
        self.package = package
        self.manifest = package.manifest
        self.threads = threads
        self._encoder = PackageEncoder(package, threads, device, compiled)
        self._decoder = PackageDecoder(package, threads)
        self._embedding: Embedding | None = None
        self._finish: tuple[Embedding, Finish] | None = None

    @property
    def backend(self) -> str:
        """What encodes: "onnxruntime", or torch's device and precision. Loads the encoder."""
        return self._encoder.backend

    def batch_size(self) -> int:
        """Images worth handing to `encode_all` at once: as many as fit a GPU's free memory, one on a CPU."""
        return self._encoder.batch_size()

    def encode(self, rgb: npt.NDArray[np.uint8]) -> Embedding:
        """Embedding of an upright uint8 RGB image [H, W, 3]. Raises ValueError for anything else."""
        return next(self.encode_all([rgb]))

    def encode_all(self, images: Iterable[npt.NDArray[np.uint8]]) -> Iterator[Embedding]:
        """Embeddings of many images, in order; on a GPU they are encoded in batches that fit its memory."""
        sizes: deque[tuple[int, int]] = deque()
        specs = {spec.name: spec for spec in self.manifest.embedding}
        for tensors in self._encoder.run_all(self._pictures(images, sizes)):
            yield Embedding(
                tensors=tensors,
                original_size=sizes.popleft(),
                encoder_sha256=self.package.encoder_sha256,
                specs=specs,
                input_size=self.manifest.input.size,
            )

    def _pictures(self, images: Iterable[npt.NDArray[np.uint8]], sizes: deque[tuple[int, int]]) -> Iterator[FloatArray]:
        for rgb in images:
            image = check_image(rgb)
            sizes.append((image.shape[0], image.shape[1]))
            yield prepare_image(image, self.manifest.input.size, self.manifest.input.pad_value, self.manifest.stretched)

    def set_image(self, rgb: npt.NDArray[np.uint8]) -> None:
        """Encodes ``rgb`` and answers prompts about it from now on."""
        self._embedding = self.encode(rgb)

    def set_embedding(self, embedding: Embedding) -> None:
        """Answers prompts from a stored embedding; ValueError if another model made it."""
        self.check(embedding)
        self._embedding = embedding

    def check(self, embedding: Embedding) -> None:
        """Raises ValueError unless this package's encoder made ``embedding``, with the tensors it promises."""
        if not isinstance(embedding, Embedding):
            kind = type(embedding).__name__
            raise ValueError(f"An Embedding is needed; received {kind}. Embedding.from_bytes reads a stored blob.")
        if embedding.encoder_sha256 != self.package.encoder_sha256:
            raise ValueError(
                f"The embedding was made by another encoder ({embedding.encoder_sha256[:12]}) than this model's "
                f"({self.package.encoder_sha256[:12]}); compute it again with this model."
            )
        for spec in self.manifest.embedding:
            received = embedding.tensors.get(spec.name)
            if received is None or received.shape != spec.shape:
                what = "nothing" if received is None else str(list(received.shape))
                raise ValueError(f"The embedding tensor {spec.name!r} must be {list(spec.shape)}; received {what}.")

    def frame(self, embedding: Embedding) -> Frame:
        """How the embedding's image lies in the decoder's square."""
        return self.manifest.frame(*embedding.original_size)

    def predict(
        self,
        points: npt.ArrayLike | None = None,
        labels: npt.ArrayLike | None = None,
        box: npt.ArrayLike | None = None,
        mask_input: npt.ArrayLike | None = None,
        parts: Parts | None = None,
    ) -> Prediction:
        """Masks for one prompt in image pixels: points [N, 2], labels [N], box (x0, y0, x1, y1), earlier logits.

        The last point is taken for the new one of a correction: far from it the earlier logits keep a say (settled.py).
        ``parts``: "clicked" keeps only the parts under positive points, "all" keeps all of them; by default the rule of
        the editor (`finish.parts_of`).
        Raises ValueError for bad prompts, RuntimeError before an image is set.
        """
        if self._embedding is None:
            raise RuntimeError("Call set_image or set_embedding before predict.")
        frame = self.frame(self._embedding)
        prompt = build_prompt(frame, points, labels, box, mask_input, self.manifest.decoder.mask_size)
        (logits,), scores = self.decode(self._embedding, prompt)
        clicks = None if points is None else (np.asarray(points, np.float32), np.asarray(labels, np.int64))
        if mask_input is not None and clicks is not None and len(clicks[1]):
            before, newest = np.asarray(mask_input, np.float32), (clicks[0].reshape(-1, 2)[-1:], clicks[1][-1:])
            logits = settle(logits, before, frame, newest, self.manifest.decoder.mask_threshold)
        best = 1 + int(scores[0, 1:].argmax()) if prompt.ambiguous else 0
        return Prediction(logits, scores[0], best, self.finish(self._embedding), clicks, parts or parts_of(labels, box))

    def finish(self, embedding: Embedding) -> Finish:
        """What is done to the masks of an embedding's image; the last image's is kept."""
        if self._finish is None or self._finish[0] is not embedding:
            finish = Finish.of(self.manifest.decoder, self.frame(embedding), embedding.tensors)
            self._finish = embedding, finish
        return self._finish[1]

    def decode(self, embedding: Embedding, prompt: PromptTensors) -> tuple[FloatArray, FloatArray]:
        """Raw decoder on B prompts: logits float32 [B, 4, m, m] and scores float32 [B, 4]."""
        return self._decoder.run(embedding, prompt)
