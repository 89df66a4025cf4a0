"""Faces on pictures: finding them, and covering them so that nobody can bring them back.

Nothing is told about people: a face is a box with a score, and all that is done with it is to cover it.
"""

from __future__ import annotations
