"""`make run`, `make test` and `make bench`: from a bare Python to running processes.

`bootstrap.py` runs under whatever Python the machine has, `cli.py` and its helpers under Python 3.11+ with the
standard library alone, and `supervisor.py` inside the virtual environment that those helpers made.
"""

from __future__ import annotations
