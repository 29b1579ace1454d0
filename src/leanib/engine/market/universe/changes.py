"""Securities that came and went in a time step (`SecurityChanges.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["SecurityChanges", "SecurityChangesConstructor"]


class SecurityChanges(LeanObject):
    """Added and removed securities, by ticker; those of internal feeds apart."""

    __slots__ = (
        "_added",
        "_internal_added",
        "_internal_removed",
        "_removed",
        "filter_custom_securities",
        "filter_internal_securities",
    )

    NONE: ClassVar[SecurityChanges]

    def __init__(
        self,
        added: Iterable[Security] = (),
        removed: Iterable[Security] = (),
        internal_added: Iterable[Security] = (),
        internal_removed: Iterable[Security] = (),
    ) -> None:
        self._added = dict.fromkeys(added)
        self._removed = dict.fromkeys(removed)
        self._internal_added = dict.fromkeys(internal_added)
        self._internal_removed = dict.fromkeys(internal_removed)
        self.filter_custom_securities = False
        self.filter_internal_securities = False

    def for_users(self) -> SecurityChanges:
        """Without custom data and internal feeds: what algorithms see."""
        changes = SecurityChanges(self._added, self._removed, self._internal_added, self._internal_removed)
        changes.filter_custom_securities = changes.filter_internal_securities = True
        return changes

    @property
    def added_securities(self) -> List[Security]:
        """What was added."""
        return self._filtered(self._added, self._internal_added)

    @property
    def removed_securities(self) -> List[Security]:
        """What was removed."""
        return self._filtered(self._removed, self._internal_removed)

    @property
    def count(self) -> int:
        """How many changes there are in all."""
        return len(self._added) + len(self._removed) + len(self._internal_added) + len(self._internal_removed)

    def __add__(self, other: SecurityChanges) -> SecurityChanges:
        if not self.count:
            return other
        if not other.count:
            return self
        added = self._added | other._added
        internal_added = self._internal_added | other._internal_added
        kept = added | internal_added
        return SecurityChanges(
            added,
            [security for security in self._removed | other._removed if security not in kept],
            internal_added,
            [security for security in self._internal_removed | other._internal_removed if security not in kept],
        )

    def _filtered(self, source: dict[Security, None], internal: dict[Security, None]) -> List[Security]:
        found = source if self.filter_internal_securities else source | internal
        if self.filter_custom_securities:
            found = {security: None for security in found if not security.symbol.asset.is_custom_data}
        return List(sorted(found, key=lambda security: security.symbol.value))

    def __str__(self) -> str:
        if not self.count:
            return "SecurityChanges: None"
        added = ",".join(str(security.symbol.id) for security in self.added_securities)
        removed = ",".join(str(security.symbol.id) for security in self.removed_securities)
        return "SecurityChanges: " + (f" Added: {added}" if added else "") + (f" Removed: {removed}" if removed else "")

    __repr__ = __str__


SecurityChanges.NONE = SecurityChanges()


class SecurityChangesConstructor:
    """Collects changes until they are asked for."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._changes: tuple[list[Security], list[Security], list[Security], list[Security]] = ([], [], [], [])

    def add(self, security: Security, is_internal: bool) -> None:
        """Note an addition."""
        self._changes[2 if is_internal else 0].append(security)

    def remove(self, security: Security, is_internal: bool) -> None:
        """Note a removal."""
        self._changes[3 if is_internal else 1].append(security)

    def flush(self) -> SecurityChanges:
        """What was noted since the last time."""
        if not any(self._changes):
            return SecurityChanges.NONE
        changes = SecurityChanges(*self._changes)
        self._start()
        return changes
