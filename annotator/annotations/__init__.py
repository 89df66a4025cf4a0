"""Objects on images, and every change that was made to them."""

from __future__ import annotations
