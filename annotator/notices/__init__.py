"""What concerns a person, told in the app and, where there is e-mail, by e-mail."""

from __future__ import annotations
