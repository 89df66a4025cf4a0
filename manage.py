#!/usr/bin/env python
"""Maskwright's command line: `python manage.py help` lists the commands."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed in this Python. Run `make run` once, or activate the environment in .venv.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
