"""What belongs to one run and to no other: its data folder and what is kept of it (`Common/Globals.cs`).

LEAN's static classes (`SymbolCache`, `MarketHoursDatabase.from_data_folder()` ...) are asked without an algorithm in
hand, so they answer for the run that the calling thread works for. Each thread has its own; a thread that a run's
algorithm starts by itself belongs to the run that began last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Generic, TypeVar

__all__ = ["Globals", "PerRun", "RunScope"]

T = TypeVar("T")


class RunScope:
    """A run's data folder, one value of every `PerRun`, and whether the run is under way."""

    __slots__ = ("data_folder", "kept", "under_way")

    def __init__(self, data_folder: Path) -> None:
        self.data_folder = data_folder
        self.kept: dict[Any, Any] = {}
        self.under_way = False

    @contextmanager
    def active(self) -> Iterator[RunScope]:
        """Inside, this thread works for this run; afterwards for the one that it worked for before."""
        token = _SCOPE.set(self)
        try:
            yield self
        finally:
            _SCOPE.reset(token)

    def enter(self) -> None:
        """From now on this thread works for this run."""
        global _latest  # noqa: PLW0603 - what threads without a run of their own see
        _latest = self
        _SCOPE.set(self)

    @staticmethod
    def current() -> RunScope:
        """The scope of the run that this thread works for."""
        return _SCOPE.get() or _latest


_SCOPE: ContextVar[RunScope | None] = ContextVar("leanib run", default=None)
_latest = RunScope(Path("data"))


class PerRun(Generic[T]):
    """Something that every run has for itself, made when it is first asked for: `CACHE = PerRun(dict)`, `CACHE()`."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make

    def __call__(self) -> T:
        """The present run's."""
        kept = (_SCOPE.get() or _latest).kept
        try:
            value: T = kept[self]
        except KeyError:
            value = kept[self] = self._make()
        return value

    def set(self, value: T) -> None:
        """Put another in place of the present run's."""
        (_SCOPE.get() or _latest).kept[self] = value

    def clear(self) -> None:
        """Forget the present run's; it is made anew when somebody asks."""
        (_SCOPE.get() or _latest).kept.pop(self, None)


class _GlobalsType(type):
    @property
    def data_folder(cls) -> Path:
        """The data folder of the present run."""
        return (_SCOPE.get() or _latest).data_folder


class Globals(metaclass=_GlobalsType):
    """LEAN's name for what concerns a whole run: `Globals.data_folder`."""

    @classmethod
    def reset(cls, data_folder: Path | str | None = None) -> None:
        """Begin anew in this thread, with nothing kept of an earlier run; with the same data folder or another."""
        RunScope(cls.data_folder if data_folder is None else Path(data_folder)).enter()
