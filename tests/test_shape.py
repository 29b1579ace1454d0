"""The house keeps its shape: modules and functions that fit in the eye."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
MOST_ANYTHING = 0.03


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


def _annotations(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """What the parameters of a function are said to be; self and cls left out."""
    given = function.args
    for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
        if one is not None and one.annotation is not None:
            yield ast.unparse(one.annotation)


def test_the_share_of_parameters_that_may_be_anything_only_falls() -> None:
    """Bare `Any` tells a reader and the type checker nothing; three in a hundred is the aim."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (SOURCE / "leanib" / "engine").rglob("*.py")]
    nodes = (node for tree in trees for node in ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    said = [annotation for function in functions for annotation in _annotations(function)]
    assert sum(annotation == "Any" for annotation in said) <= len(said) * MOST_ANYTHING


def test_the_engine_has_no_loose_modules() -> None:
    """Every module of the engine stands in a room, but for what starts it and the enumerations of `assets`."""
    loose = {file.name for file in (SOURCE / "leanib" / "engine").glob("*.py")}
    assert loose == {"__init__.py", "__main__.py", "enums.py"}
