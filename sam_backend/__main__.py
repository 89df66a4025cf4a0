"""`python -m sam_backend`."""

from __future__ import annotations

import sys

from sam_backend.cli import main

sys.exit(main())
