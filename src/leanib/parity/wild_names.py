"""LEAN's names and the parameters of its methods, as quantconnect-stubs tell them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

__all__ = ["enums", "lean_types", "lean_words", "parameter_counts"]

_WORD = re.compile(r"^\s*(?:def |class )?(\w+)\s*[:(=]", re.MULTILINE)
_TYPE = re.compile(r"^class (\w+)", re.MULTILINE)
_ENUM = re.compile(r"^class (\w+)\(\w*Enum\):\n((?:(?:[ \t].*)?\n)*)", re.MULTILINE)
_CLASS = r"^class {kind}\b.*:\n((?:(?:[ \t].*)?\n)*)"
_METHOD = r"^    def {name}\(self(.*?)\) ->"
_PARAMETER = re.compile(r",\s*(?:\*?\w+)\s*:")


@cache
def enums() -> dict[str, frozenset[str]]:
    """LEAN's enums by name, with their members in both spellings."""
    found = [match for text in _stubs() for match in _ENUM.finditer(text)]
    members = {match[1]: frozenset(_WORD.findall(match[2])) for match in found}
    return {name: own | _both_spellings(map(str.lower, own)) for name, own in members.items()}


@cache
def lean_types() -> frozenset[str]:
    """The types in quantconnect-stubs: all that `from AlgorithmImports import *` brings as a bare name."""
    return frozenset(name for text in _stubs() for name in _TYPE.findall(text))


@cache
def lean_words() -> frozenset[str]:
    """All names in quantconnect-stubs, and their PascalCase spellings; from the path, where ours hide none."""
    return _both_spellings(word for text in _stubs() for word in _WORD.findall(text))


@cache
def parameter_counts(kind: str, method: str) -> frozenset[int]:
    """How many parameters, `self` left out, the overloads of a method in snake_case of one of LEAN's classes have."""
    body, named = re.compile(_CLASS.format(kind=re.escape(kind)), re.MULTILINE), _METHOD.format(name=re.escape(method))
    bodies = [match[1] for text in _stubs() for match in body.finditer(text)]
    return frozenset(
        len(_PARAMETER.findall(match[1])) for text in bodies for match in re.finditer(named, text, re.MULTILINE)
    )


def _both_spellings(words: Iterable[str]) -> frozenset[str]:
    snake = frozenset(words)
    return snake | {"".join(part[:1].upper() + part[1:] for part in word.split("_")) for word in snake}


@cache
def _stubs() -> tuple[str, ...]:
    """What quantconnect-stubs say."""
    folders = [Path(folder) / package for folder in sys.path for package in ("QuantConnect", "System")]
    return tuple(stub.read_text(encoding="utf-8") for folder in folders for stub in folder.rglob("*.pyi"))
