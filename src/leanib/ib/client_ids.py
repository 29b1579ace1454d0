"""Which client id a program logs in with: the first of its role's that no other program has."""

from __future__ import annotations

from collections.abc import Sequence

from leanib.ib.settings_sections import CLIENT_IDS

__all__ = ["ClientIds", "role_of"]


class ClientIds:
    """The ids that may be tried, until one of them has logged in; that one is kept over all reconnections."""

    def __init__(self, candidates: Sequence[int]) -> None:
        self._candidates = tuple(candidates)
        self._at = 0
        self._kept = False

    @property
    def present(self) -> int:
        """The id to log in with."""
        return self._candidates[self._at]

    def take_next(self) -> bool:
        """Goes on to the next id, the present one being in use; False when there is none, or one is kept."""
        if self._kept:
            return False
        self._at = (self._at + 1) % len(self._candidates)
        return self._at != 0

    def keep(self) -> None:
        """The present id has logged in: orders are tied to it from now on."""
        self._kept = True

    def all_in_use(self, failure: str) -> str:
        """What to say when no id is left."""
        if self._kept or len(self._candidates) == 1:
            return f"{failure}; close the other program"
        return f"client ids {self._candidates[0]} to {self._candidates[-1]} are all in use; close another program"


def role_of(client_id: int, own: int | None = None) -> str:
    """Whose orders those of a client id are, for people; `own` is the asking program's."""
    if client_id == own:
        return "this program"
    found = next((role for role, ids in CLIENT_IDS.items() if client_id in ids), "")
    return {"lean": "LEAN", "scripts": "a script"}.get(found, found) or f"client {client_id}"
