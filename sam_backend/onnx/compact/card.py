"""What the shipped weights were trained on and what was measured: facts.json beside them says it, and from there it
goes into manifest.json and MODEL_CARD.md (sam_backend/training/ship.py)."""

from __future__ import annotations

import json
from typing import Any

from sam_backend.package import compact_package_path

_FACTS: dict[str, Any] = json.loads((compact_package_path() / "facts.json").read_text(encoding="utf-8"))

VERSION = str(_FACTS["version"])
LICENCE = str(_FACTS["licence"])
NOTICE = str(_FACTS["notice"])
TRAINING_DATA = tuple(map(str, _FACTS["training_data"]))
METRICS: dict[str, float] = _FACTS["measured"]["dev"]["overall"]
