"""LEAN's public names and parameters, and which of them the engine's classes do not have.

Names come from quantconnect-stubs, which LEAN's C# sources are turned into, or from the sources of a checkout. Only
classes that the engine has are looked at: any other name of LEAN's is refused by name when it is used.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from leanib.engine.lean.imports import names
from leanib.engine.naming import to_pascal, to_snake

__all__ = ["Surface", "attributes_of", "lacking", "members_table", "names_of_sources", "names_of_stubs"]

Surface = dict[str, dict[str, set[str]]]
"""Of each class its public members in snake case, and of each member its overloads' parameters."""

#: members of every .NET object, of .NET's own machinery, and those that C# protects and the stubs show
_NOT_FOR_USERS = frozenset(
    """
    calculate_greek can_convert compare_to compute_indicator compute_next_value copy_to deserialize_message dispose
    equals finalize get_enumerator get_hash_code get_meta_object get_object_data get_prices_checking_python_wrapper
    get_type get_type_code get_value_impl has_flag is_read_only memberwise_clone on_collection_changed python_wrapper
    read_json reference_equals set_python_wrapper should_process should_serialize to_json to_string
    validate_and_compute_next_value write_json
    """.split()  # noqa: SIM905 a list of names reads best as text
)


def names_of_stubs() -> Surface:
    """The classes of quantconnect-stubs; empty when they are not installed."""
    found: Surface = {}
    for folder in map(Path, sys.path):
        for stub in sorted((folder / "QuantConnect").rglob("*.pyi")):
            for node in ast.parse(stub.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    found.setdefault(node.name, {}).update(_members_of_stub(node))
        if found:
            break
    return found


def _members_of_stub(node: ast.ClassDef) -> dict[str, set[str]]:
    members: dict[str, set[str]] = {}
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
            parameters = {argument.arg for argument in (*part.args.args, *part.args.kwonlyargs)} - {"self"}
            members.setdefault(part.name, set()).update(parameters - {"value"} if _is_setter(part) else parameters)
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            members.setdefault(part.target.id, set())
    return members


def _is_setter(part: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Attribute) and one.attr == "setter" for one in part.decorator_list)


_CLASS = re.compile(r"^(\s*)public\s+(?:[a-z]+\s+)*(class|struct|enum|interface)\s+(\w+)", re.MULTILINE)
_MEMBER = re.compile(
    r"^(\s*)public\s+(?!class|struct|enum|interface|delegate|event|const\b)(?:(?:static|virtual|override|abstract|new|"
    r"readonly|sealed|async)\s+)*[\w<>\[\],.?: ]+?\s(\w+)\s*(\([^)]*\)|\{|=>|=|;)",
    re.MULTILINE,
)
_PARAMETER = re.compile(r"(\w+)\s*(?:=[^,]*)?$")
_FOLDERS = ("Common", "Algorithm", "Indicators", "Algorithm.Framework")


def names_of_sources(checkout: Path) -> Surface:
    """The public classes of LEAN's C# sources."""
    found: Surface = {}
    for folder in _FOLDERS:
        for file in sorted((checkout / folder).rglob("*.cs")):
            if "Messages" in file.parts:  # texts, in classes named as those that use them
                continue
            text = file.read_text(encoding="utf-8-sig", errors="replace")
            for name, body in _classes(text):
                own = found.setdefault(name, {})
                for member, parameters in _members_of_source(name, body):
                    own.setdefault(member, set()).update(parameters)
    return found


def _classes(text: str) -> Iterator[tuple[str, str]]:
    for match in _CLASS.finditer(text):
        indent = match[1].rsplit("\n", 1)[-1]
        end = re.compile(rf"^{indent}\}}", re.MULTILINE).search(text, match.end())
        body = text[match.end() : end.start() if end else len(text)]
        if match[2] in ("class", "struct"):
            inner = "\n".join(line for line in body.split("\n") if not line.startswith(indent + " " * 8))
            yield match[3], inner


def _members_of_source(name: str, body: str) -> Iterator[tuple[str, set[str]]]:
    for match in _MEMBER.finditer(body):
        member, rest = match[2], match[3]
        if member == name or member[0].islower():
            continue
        parameters = re.sub(r"<[^<>]*>|\[[^\]]*\]", "", rest[1:-1]) if rest.startswith("(") else ""
        found = (_PARAMETER.search(part.strip()) for part in parameters.split(",") if part.strip())
        yield to_snake(member), {to_snake(one[1]) for one in found if one}


def lacking(surface: Mapping[str, Mapping[str, set[str]]]) -> dict[str, list[str]]:
    """By class, the members that ours lacks, and with a colon the parameters that our member does not take."""
    ours = {name: value for name, value in names().items() if isinstance(value, type) and _is_engines(value)}
    found: dict[str, list[str]] = {}
    for name, members in sorted(surface.items()):
        if name in ours and (lines := list(_of_class(ours[name], members))):
            found[name] = lines
    return found


def _is_engines(value: type) -> bool:
    return value.__module__.startswith("leanib.")


def _of_class(cls: type, members: Mapping[str, set[str]]) -> Iterator[str]:
    known: set[str] | None = None
    for member, parameters in sorted(members.items()):
        if member in _NOT_FOR_USERS:
            continue
        static = inspect.getattr_static(cls, member, None)
        if static is None and not any(hasattr(cls, name) for name in (member, member.upper(), to_pascal(member))):
            known = attributes_of(cls) if known is None else known
            if member.lower() not in known:
                yield member
            continue
        if parameters and (taken := _taken(static)) is not None and (missing := parameters - taken):
            yield f"{member}: {', '.join(sorted(missing))}"


def attributes_of(cls: type) -> set[str]:
    """What instances of a class have besides what the class itself knows: assigned, annotated, or in slots."""
    found: set[str] = set()
    for kind in cls.__mro__:
        if not _is_engines(kind):
            continue
        found.update(getattr(kind, "__annotations__", ()))
        if issubclass(kind, Enum):
            found.update(member.lower() for member in kind.__members__)
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
        except (OSError, TypeError, SyntaxError):
            continue
        found.update(
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if isinstance(node.ctx, ast.Store)
        )
    return found


def _taken(member: Any) -> set[str] | None:
    """The names of the parameters that a member takes; None when it takes any, or is no function."""
    function = member.__func__ if isinstance(member, staticmethod | classmethod) else member
    if not inspect.isfunction(function):
        return None
    parameters = inspect.signature(function).parameters
    if any(parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) for parameter in parameters.values()):
        return None
    return set(parameters) | set(getattr(function, "also_named", ()))


def members_table(surface: Mapping[str, Mapping[str, set[str]]]) -> str:
    """All members by class, as `leanib/engine/naming/lean_members.txt` has them."""
    lines = ((name, sorted(own.keys() - _NOT_FOR_USERS)) for name, own in sorted(surface.items()))
    return "".join(f"{name}: {' '.join(members)}\n" for name, members in lines if members)
