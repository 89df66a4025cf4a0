"""Projects, their members and labels, and the images in them."""

from __future__ import annotations
