"""Values of options that need no conversion: none, a text, a path, or what an option is by default.

Typer takes every value, also the one that nobody gave, through pydantic, whose import is a tenth of a command's start.
What is plain passes by it here; everything else, and everything that is refused, goes the usual way.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_origin

__all__ = ["take_plainly"]

_PATH_CHECKS = ("allow_dash", "exists", "path_type", "resolve_path", "writable")
_NOT_PLAIN = object()


def take_plainly(command: Any) -> Any:
    """The command, and those below it, with parameters that take plain values as they are."""
    listed = command.get_params

    def get_params(context: Any) -> list[Any]:
        parameters: list[Any] = listed(context)  # with --help, which is made when it is asked for
        for parameter in parameters:
            has_descriptor = hasattr(parameter, "type_descriptor")  # as Typer has since it takes pydantic
            if has_descriptor and "process_value" not in vars(parameter):
                parameter.process_value = _taking(parameter, parameter.process_value)
        return parameters

    command.get_params = get_params
    for below in getattr(command, "commands", {}).values():
        take_plainly(below)
    return command


def _taking(parameter: Any, convert: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """How a parameter takes a value: plainly, or by Typer's `convert`."""

    def process_value(context: Any, value: Any) -> Any:
        taken = _plain(parameter, value)
        if taken is _NOT_PLAIN:
            return convert(context, value)
        return taken if parameter.callback is None else parameter.callback(context, parameter, taken)

    return process_value


def _plain(parameter: Any, value: Any) -> Any:
    """What Typer would make of it, or that it has to."""
    kind, information = parameter.type_descriptor.annotation, parameter.type_descriptor.parameter_info
    is_list = parameter.multiple or parameter.nargs == -1
    if information.parser is not None:
        return _NOT_PLAIN
    if value is None:
        return _NOT_PLAIN if parameter.required else () if is_list else None
    if is_list:
        is_plain = kind == list[str] and value and type(value) in (list, tuple) and {*map(type, value)} == {str}
        return list(value) if is_plain else _NOT_PLAIN
    if kind is Path:
        return Path(value) if _is_plain_path(value, information) else _NOT_PLAIN
    if value is parameter.default and isinstance(value, get_origin(kind) or kind):
        return value
    return value if kind is type(value) is str else _NOT_PLAIN


def _is_plain_path(value: Any, information: Any) -> bool:
    """Whether it is a path of which nothing is to be checked but that it may be read, if it is there."""
    if not isinstance(value, str | Path) or any(getattr(information, name) for name in _PATH_CHECKS):
        return False
    if not information.file_okay or not information.dir_okay:
        return False
    return os.access(value, os.R_OK) or not os.path.lexists(value)
