"""Stands for SAM 3 in the worker of an app that is started with this folder on its PYTHONPATH: it knows two words.
Everything around it is the product's own: the package, its licence, the run, masks, suggestions."""

from __future__ import annotations

import os
import sys

if "worker" in sys.orig_argv:
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 (pathlib is for what follows)

    from sam_backend import phrases
    from tests.annotator.known_words import KnownWords

    phrases.load_finder = lambda package: KnownWords()
