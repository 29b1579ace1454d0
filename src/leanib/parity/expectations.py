"""What LEAN expects of its regression algorithms, read from their C# sources.

Every such algorithm is a class that implements `IRegressionAlgorithmDefinition`
(`Common/Interfaces/IRegressionAlgorithmDefinition.cs`); what a class does not say itself it inherits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leanib.errors import UsageError

__all__ = ["Expectation", "read_expectations"]

_CLASS = re.compile(
    r"^\s*(?:public|internal)\s+(abstract\s+|sealed\s+|partial\s+)*class\s+(\w+)[^\n:{]*(?::\s*([^\n{]+))?",
    re.MULTILINE,
)
_DEFINITION = "IRegressionAlgorithmDefinition"
_ENTRY = re.compile(r'\{\s*"([^"]+)"\s*,\s*"((?:[^"\\]|\\.)*)"\s*\}')
_LANGUAGE = re.compile(r"Language\.(\w+)")
_NUMBER = re.compile(r"-?[\d_]+")


@dataclass(frozen=True)
class Expectation:
    """LEAN's answer for one Python algorithm. Counts are None when LEAN does not check them."""

    name: str
    source: Path
    statistics: Mapping[str, str]
    status: str = "Completed"
    data_points: int | None = None
    history_data_points: int | None = None
    configuration: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Class:
    name: str
    base: str
    body: str
    indent: int
    is_abstract: bool
    is_definition: bool

    def member(self, name: str) -> str | None:
        """The text of a property's value: up to the semicolon, or of its whole block."""
        declared = rf"^[ \t]{{{self.indent + 4}}}public\b[^\n]*?\b{name}"
        found = re.search(
            rf"{declared}\s*(?:=>|{{\s*get;[^}}]*}}\s*=|{{\s*get\s*(?:=>|{{\s*return))", self.body, re.MULTILINE
        )
        if found is None:
            return None
        return self.body[found.end() : _end_of_statement(self.body, found.end())]


def _end_of_statement(text: str, start: int) -> int:
    """The position of the semicolon that ends the statement, strings and braces taken into account."""
    depth, inside, position = 0, False, start
    while position < len(text):
        character = text[position]
        if character == "\\" and inside:
            position += 1
        elif character == '"':
            inside = not inside
        elif not inside:
            depth += (character in "{(") - (character in "})")
            if character == ";" and depth <= 0:
                return position
        position += 1
    return position


def _indent(declaration: re.Match[str]) -> int:
    return len(declaration.group().lstrip("\n")) - len(declaration.group().lstrip())


def _end_of_class(text: str, declaration: re.Match[str]) -> int:
    """Where the class ends: before the brace that stands alone at the declaration's indentation."""
    closing = re.compile(rf"^[ \t]{{{_indent(declaration)}}}\}}", re.MULTILINE).search(text, declaration.end())
    return closing.start() if closing is not None else len(text)


def read_expectations(checkout: Path) -> list[Expectation]:
    """The expectations of all Python regression algorithms that can run locally, by name.

    Raises UsageError when the folder is not a LEAN checkout.
    """
    sources, scripts = checkout / "Algorithm.CSharp", checkout / "Algorithm.Python"
    if not sources.is_dir() or not scripts.is_dir():
        raise UsageError(
            f"{checkout} is not a LEAN checkout: it has no Algorithm.CSharp/ and Algorithm.Python/; "
            "git clone https://github.com/QuantConnect/Lean and give its folder with --lean"
        )
    classes = {found.name: found for file in sorted(sources.rglob("*.cs")) for found in _classes(file)}
    found = (_expectation(name, scripts / f"{name}.py", classes) for name in sorted(classes))
    return [expectation for expectation in found if expectation is not None]


def _classes(file: Path) -> Iterator[_Class]:
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    for match in _CLASS.finditer(text):
        end = _end_of_class(text, match)
        base = (match.group(3) or "").split(",")[0].split("<")[0].strip().rpartition(".")[2]
        yield _Class(
            match.group(2),
            base,
            text[match.end() : end],
            _indent(match),
            " abstract " in match.group(),
            _DEFINITION in match.group(),
        )


def _expectation(name: str, script: Path, classes: Mapping[str, _Class]) -> Expectation | None:
    if not script.is_file() or classes[name].is_abstract:
        return None
    if not any(ancestor.is_definition for ancestor in _ancestry(name, classes)):
        return None
    languages = set(_LANGUAGE.findall(_inherited(name, "Languages", classes) or ""))
    statistics = _inherited(name, "ExpectedStatistics", classes)
    if "Python" not in languages or statistics is None:
        return None
    if "false" in (_inherited(name, "CanRunLocally", classes) or "true"):
        return None
    status = re.search(r"AlgorithmStatus\.(\w+)", _inherited(name, "AlgorithmStatus AlgorithmStatus", classes) or "")
    return Expectation(
        name=name,
        source=script,
        statistics=dict(_ENTRY.findall(statistics)),
        status=status.group(1) if status is not None else "Completed",
        data_points=_count(_inherited(name, "DataPoints", classes)),
        history_data_points=_count(_inherited(name, "AlgorithmHistoryDataPoints", classes)),
        configuration=dict(_ENTRY.findall(_inherited(name, "CustomConfigurations", classes) or "")),
    )


def _inherited(name: str, member: str, classes: Mapping[str, _Class]) -> str | None:
    """A member's text, of the class or of the nearest base class that has it."""
    texts = (ancestor.member(member) for ancestor in _ancestry(name, classes))
    return next((text for text in texts if text is not None), None)


def _ancestry(name: str, classes: Mapping[str, _Class]) -> Iterator[_Class]:
    """The class and its base classes, the nearest first."""
    current = classes.get(name)
    while current is not None:
        yield current
        current = classes.get(current.base)


def _count(text: str | None) -> int | None:
    """A count; None where LEAN does not compare, which it marks by -1."""
    found = _NUMBER.search(text or "")
    count = -1 if found is None else int(found.group().replace("_", ""))
    return None if count == -1 else count
