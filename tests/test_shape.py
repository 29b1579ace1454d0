"""The house keeps its shape: modules and functions that fit in the eye."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def _functions(file: Path) -> Iterator[tuple[str, int]]:
    """The functions of a file, each with the number of its lines."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    """A longer one has two subjects: give the second a module of its own."""
    lengths = {str(file.relative_to(SOURCE)): len(file.read_bytes().splitlines()) for file in SOURCE.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    """Decorators left out; a command's options have names in a module beside it."""
    lengths = {(file.name, name): length for file in SOURCE.rglob("*.py") for name, length in _functions(file)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
