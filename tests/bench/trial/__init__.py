"""A trial of the data engine on real photos, with an annotator simulated by masks that people drew."""

from __future__ import annotations
