"""The log of a project: who changed members, rules, labels, images, the model and so on."""

from __future__ import annotations
