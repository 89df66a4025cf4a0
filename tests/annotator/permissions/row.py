"""One row of the permission table: who may do what, and what each of the others is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.annotator.world import World

# Each role may do what those before it may; an administrator of the installation need not be a member.
MEMBERS = ("viewer", "annotator", "reviewer", "manager", "owner")
EVERYBODY = ("nobody", "stranger", *MEMBERS)


@dataclass(frozen=True)
class Row:
    """`least` is the first role that may; "anyone" = everybody signed in; "admin" = administrators only.

    `url` and `body` may name things of the world: {project}, {image}, ... as `Things` has them.
    """

    method: str
    url: str
    least: str
    status: int = 200
    body: Any = None
    form: bool = False
    nobody: int = 401
    stranger: int = 404
    prepare: Callable[[World], dict[str, str]] | None = None

    def expected(self, who: str) -> int:
        """Return the status this person must be answered."""
        if who == "nobody":
            return self.nobody
        if self.least == "anyone":
            return self.status
        if self.least == "admin":
            return 403
        if who == "stranger":
            return self.stranger
        return self.status if MEMBERS.index(who) >= MEMBERS.index(self.least) else 403
