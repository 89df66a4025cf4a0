"""How far people agree who worked on the same images, and what becomes of their work."""

from __future__ import annotations
