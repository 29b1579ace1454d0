"""Stands for a name of LEAN that the embedded engine does not have, until somebody uses it."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NoReturn

from leanib.errors import NotSupportedError

__all__ = [
    "Missing", "MissingMember", "lean_members", "lean_names", "lean_setters", "missing_member", "namespaces", "refusal",
]  # fmt: skip


@cache
def namespaces() -> dict[str, str]:
    """The namespace of each type that `from AlgorithmImports import *` gives under LEAN, by quantconnect-stubs."""
    found: dict[str, str] = {}
    space = ""
    for line in Path(__file__).with_name("lean_names.txt").read_text(encoding="ascii").splitlines():
        if line.endswith(":"):
            space = line[:-1]
        else:
            found.update(dict.fromkeys(line.split(), space))
    return found


def lean_names() -> list[str]:
    """The public types that `from AlgorithmImports import *` gives under LEAN, as quantconnect-stubs lists them."""
    return sorted(namespaces())


def refusal(title: str) -> str:
    """What is said of a name or `Class.member` of LEAN's that the engine lacks."""
    return f"the embedded engine has no {title}; run this algorithm with `lean backtest`"


class MissingMember(NotSupportedError, AttributeError):  # noqa: N818 it is what is missing
    """LEAN has such a member and the embedded engine has not; `hasattr` says so too."""


@cache
def _member_table() -> str:
    return "\n" + Path(__file__).with_name("lean_members.txt").read_text(encoding="utf-8")


@cache
def lean_members() -> dict[str, frozenset[str]]:
    """By class, the public members of LEAN's in snake case, as quantconnect-stubs lists them."""
    lines = _member_table().splitlines()[1:]
    return {name: frozenset(members.split()) for name, _, members in (line.partition(": ") for line in lines)}


@cache
def _members_of(name: str) -> frozenset[str]:
    """Those of one class; to take the whole table apart would be a fiftieth of a backtest's start."""
    _, found, behind = _member_table().partition(f"\n{name}: ")
    return frozenset(behind.partition("\n")[0].split()) if found else frozenset()


@cache
def lean_setters() -> dict[str, list[str]]:
    """By class, the properties, in snake case, that may be set in LEAN and that the engine's class lacks."""
    lines = Path(__file__).with_name("lean_setters.txt").read_text(encoding="ascii").splitlines()
    return {name: members.split() for name, _, members in (line.partition(": ") for line in lines)}


def missing_member(cls: type, member: str) -> MissingMember | None:
    """The refusal of a member, in snake case, that LEAN has and the class has not; None when LEAN has none either."""
    sentence = _missing_sentence(cls, member)
    return MissingMember(sentence) if sentence else None


@lru_cache(maxsize=4096)
def _missing_sentence(cls: type, member: str) -> str:
    """Asked with each `getattr` that has a default for what is not there; empty when LEAN has no such member."""
    for kind in cls.__mro__:
        if member in _members_of(kind.__name__) and kind.__module__.startswith("leanib."):
            return refusal(f"{kind.__name__}.{member}")
    return ""


class Missing:
    """May be imported and written in annotations; anything else raises NotSupportedError, which names it."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def _refuse(self) -> NoReturn:
        raise NotSupportedError(refusal(self._name))

    def __call__(self, *_arguments: object, **_options: object) -> NoReturn:
        """Refuse to make one."""
        self._refuse()

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> NoReturn:
        self._refuse()

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()

    def __getitem__(self, _types: object) -> Missing:
        return self

    def __or__(self, other: Any) -> Any:
        return Any

    __ror__ = __or__

    def __instancecheck__(self, _instance: object) -> bool:
        return False

    def __subclasscheck__(self, _subclass: type) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{self._name}: not in the embedded engine>"
