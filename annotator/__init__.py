"""Maskwright's server: a Django project package of small apps with the same rooms each.

Nothing is imported here: the launcher is part of this package and runs before anything is installed.
"""

from __future__ import annotations
