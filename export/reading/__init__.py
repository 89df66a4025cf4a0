"""What all readers share: problems, checked fields, images, shapes, and the data set that grows of them."""

from __future__ import annotations

from export.reading.builder import Builder, Place
from export.reading.problems import Problem, Problems

__all__ = ["Builder", "Place", "Problem", "Problems"]
