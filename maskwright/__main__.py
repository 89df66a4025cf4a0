"""`python -m maskwright`: the client without the server around it."""

from __future__ import annotations

import sys

from maskwright.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
