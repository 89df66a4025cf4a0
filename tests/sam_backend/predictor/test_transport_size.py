"""What a SAM-sized embedding weighs on its way to the browser, before any compression."""

from __future__ import annotations

import base64
import json

import numpy as np

from sam_backend import Embedding


def test_a_sam_embedding_is_a_quarter_of_its_floats_and_a_fifth_of_base64() -> None:
    values = np.random.default_rng(0).standard_normal((1, 256, 64, 64)).astype(np.float32)
    blob = Embedding({"embedding": values}, (683, 1024), "0" * 64).to_bytes("1" * 64)
    # one byte a value; scale and zero point of 256 channels; 520 bytes of header
    assert len(blob) <= values.size + 256 * 8 + 600
    assert round(len(blob) / 1e6, 2) <= 1.05
    text = json.dumps({"embedding": base64.b64encode(values.tobytes()).decode()})
    assert 5.3 * len(blob) < len(text)
