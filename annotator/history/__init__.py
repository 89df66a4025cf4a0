"""The history of images and of people: what stood at any time, and putting it back."""

from __future__ import annotations
