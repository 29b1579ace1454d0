"""Whether an algorithm's error is the same in LEAN for certain: what is wrong is Python's own, or LEAN's null.

- What `datetime`, `date` and `timedelta` lack (`.days()`, `.Days`): LEAN hands times out as Python's objects too.
- What pandas says of a frame or series without rows: a history of a time without data is as empty there.
- A member of None that a slice gave: of a symbol with nothing but a dividend or split LEAN's slice has null.
- What Python's own functions say of a keyword that they do not have, such as `sorted(..., reversed=True)`.
- What Python's own `int()` and `float()` say of a parameter that nobody gave: LEAN's `get_parameter` gives null.
- A sum of a float and a `Decimal`: LEAN's decimals are floats in Python.
- A column of a name that LEAN does not have, of a history with rows.
- A method that LEAN calls, such as `initialize`, with more or fewer parameters than LEAN gives it.
- A file in which no class derives from QCAlgorithm: LEAN's loader refuses it as well.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType, TracebackType

import pandas as pd

from leanib.engine.market import Slice
from leanib.engine.naming.rules import to_snake
from leanib.parity.wild_names import lean_words, parameter_counts

__all__ = ["has_no_algorithm", "is_about_empty_frame", "is_same_in_lean"]

_PYTHONS = (datetime, date, timedelta)
_OPERANDS = re.compile(r"unsupported operand type\(s\) for \S+ '([\w.]+)' and '([\w.]+)'")
_NUMBERS = frozenset({"float", "int", "decimal.Decimal"})
_BUILT_IN = re.compile(r"'\w+' is an invalid keyword argument for \w+\(\)")
_OF_NULL = re.compile(r"(?:int|float)\(\) argument must be .* not 'NoneType'")
_CALLED = re.compile(r"(\w+)\.(\w+)\(\) (?:missing|takes) ")


def has_no_algorithm(text: str) -> bool:
    """Whether an error says that a file has no algorithm."""
    return "has no class that derives from QCAlgorithm" in text


def is_about_empty_frame(error: BaseException) -> bool:
    """Whether pandas raised it in a method of a frame or series without rows."""
    return any(
        isinstance(own := frame.f_locals.get("self"), pd.DataFrame | pd.Series) and not len(own)
        for frame, _ in _frames(error.__traceback__)
    )


def is_same_in_lean(error: BaseException, file: Path) -> bool:
    """Whether the algorithm's line asks Python's own objects, or LEAN's null, for what they do not have."""
    frames = list(_frames(error.__traceback__))
    if isinstance(error, AttributeError) and isinstance(error.obj, pd.DataFrame | pd.Series) and not len(error.obj):
        return str(file) in [frame.f_code.co_filename for frame, _ in frames]
    if _is_unknown_column(error, frames) or _is_called_otherwise(error, frames, file):
        return True
    if not frames or Path(frames[-1][0].f_code.co_filename) != file:
        return False
    frame, node = frames[-1][0], _node(*frames[-1], file)
    if isinstance(error, AttributeError):
        return type(error.obj) in _PYTHONS or (error.obj is None and _comes_from_slice(node, frame))
    if isinstance(error, TypeError) and _BUILT_IN.fullmatch(str(error)):
        return True
    if isinstance(error, TypeError) and _OF_NULL.fullmatch(str(error)):
        return _is_of_a_parameter(node)
    if isinstance(error, TypeError) and (operands := _OPERANDS.search(str(error))):
        return "decimal.Decimal" in operands.groups() and set(operands.groups()) <= _NUMBERS
    if isinstance(error, TypeError) and "object is not callable" in str(error) and isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and type(_value(node.func.value, frame)) in _PYTHONS
    return False


def _is_unknown_column(error: BaseException, frames: Sequence[tuple[FrameType, int]]) -> bool:
    """Whether pandas lacks a column in a frame whose columns are LEAN's, by a name that LEAN does not have."""
    if not isinstance(error, KeyError) or len(error.args) != 1 or not isinstance(name := error.args[0], str):
        return False
    asked = [own for frame, _ in frames if isinstance(own := frame.f_locals.get("self"), pd.DataFrame)]
    return bool(asked) and name.islower() and name not in lean_words()


def _is_called_otherwise(error: BaseException, frames: Sequence[tuple[FrameType, int]], file: Path) -> bool:
    """Whether the engine could not call a method of the file's for how many parameters it has, and LEAN cannot."""
    found = _CALLED.search(str(error)) if isinstance(error, TypeError) else None
    if found is None or (frames and Path(frames[-1][0].f_code.co_filename) == file):
        return False
    for kind in (node for node in ast.walk(_tree(file)) if isinstance(node, ast.ClassDef) and node.name == found[1]):
        bases = [base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in kind.bases]
        given = frozenset[int]().union(*(parameter_counts(base, to_snake(found[2])) for base in bases))
        own = [node for node in kind.body if isinstance(node, ast.FunctionDef) and node.name == found[2]]
        if given and own:
            return not any(_takes(own[-1].args, count) for count in given)
    return False


def _takes(parameters: ast.arguments, count: int) -> bool:
    most = len(parameters.posonlyargs) + len(parameters.args) - 1
    return most - len(parameters.defaults) <= count and (parameters.vararg is not None or count <= most)


def _is_of_a_parameter(node: ast.AST | None) -> bool:
    """Whether it is `int(self.get_parameter(...))` or the like."""
    given = node.args[0] if isinstance(node, ast.Call) and len(node.args) == 1 else None
    method = given.func if isinstance(given, ast.Call) else None
    return isinstance(method, ast.Attribute) and to_snake(method.attr) == "get_parameter"


def _comes_from_slice(node: ast.AST | None, frame: FrameType) -> bool:
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Subscript):
        return False
    return isinstance(_value(node.value.value, frame), Slice)


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lasti
        trace = trace.tb_next


def _node(frame: FrameType, instruction: int, file: Path) -> ast.AST | None:
    """The expression that failed."""
    line, end_line, column, end_column = list(frame.f_code.co_positions())[instruction // 2]
    for node in ast.walk(_tree(file)):
        place = [getattr(node, name, None) for name in ("lineno", "end_lineno", "col_offset", "end_col_offset")]
        if isinstance(node, ast.Attribute | ast.Call) and place == [line, end_line, column, end_column]:
            return node
    return None


def _tree(file: Path) -> ast.Module:
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(file.read_text(encoding="utf-8-sig", errors="replace"))


def _value(node: ast.expr, frame: FrameType) -> object:
    """What an expression of names, members and differences is; nothing is called for it."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, frame), node.attr, None)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        left, right = _value(node.left, frame), _value(node.right, frame)
        return left - right if isinstance(left, datetime) and isinstance(right, datetime | timedelta) else None
    return None
