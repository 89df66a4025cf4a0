"""Seconds and memory of SAM 3 at its full size, with random weights, through what a worker calls.

``python -m tests.sam_backend.words.measure_speed``; on two cores, beside other work on the machine:

    89 s a picture, 9 to 10 s for each phrase with 200 masks, 4.4 GiB at most
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from pathlib import Path

import skimage.data
import torch
import transformers

from sam_backend.adopt import MEAN, STD
from sam_backend.manifest import InputSpec
from sam_backend.phrases import Phrase
from sam_backend.word_manifest import WordManifest
from sam_backend.words import SamFinder
from tests.sam_backend.words.tiny import vocabulary

PHRASES = ("cat", "dog", "cup")


def finder(device: str) -> SamFinder:
    """The published shape; the words' tokens are letters, which costs the same."""
    model = transformers.Sam3Model(transformers.Sam3Config())
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "vocab.json").write_text(json.dumps(vocabulary()))
        Path(folder, "merges.txt").write_text("#version: 0.2\n")
        words = transformers.CLIPTokenizer.from_pretrained(folder)
    spec = InputSpec(1008, MEAN, STD, MEAN, "stretch")
    return SamFinder(model, words, WordManifest("Random", "1", "sam3", spec, 32, 0.5, "", {}, ""), device)


def main() -> None:
    """Print them."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    asked = finder(device)
    photo = skimage.data.astronaut()
    begun = time.perf_counter()
    looked = asked.look(photo)
    print(f"{device}, {torch.get_num_threads()} threads: {time.perf_counter() - begun:.1f} s a picture", flush=True)
    for words in PHRASES:
        begun = time.perf_counter()
        found = list(asked.find(looked, Phrase(words), threshold=0.0))
        print(f"  {time.perf_counter() - begun:.1f} s for “{words}”, {len(found)} masks", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{peak:.1f} GiB at most, the weights among them")


if __name__ == "__main__":
    main()
