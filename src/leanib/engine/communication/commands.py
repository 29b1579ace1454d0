"""Commands that a live algorithm is sent (`Common/Commands/Command.cs`, `Common/Python/CommandPythonWrapper.cs`)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["CallbackCommand", "Command"]

_ADDRESS = "https://www.quantconnect.com/api/v2/live/commands/create"


class Command(LeanObject):
    """Base of commands: attributes are its parameters, an unknown one is None; `run(algorithm)` carries it out."""

    def run(self, algorithm: QCAlgorithm) -> bool | None:
        """Carry it out; whether it succeeded."""
        raise NotImplementedError("Please implement the 'def run(algorithm) -> bool | None:' method")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None

    def __str__(self) -> str:
        return str(payload_of(self))


class CallbackCommand:
    """A command as it arrives: the name of its type, empty when it has none, and its parameters."""

    def __init__(self, type: str = "", payload: Mapping[str, Any] | None = None) -> None:
        self.type = type
        self.payload = dict(payload or {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.payload.get(name)


def payload_of(command: object) -> dict[str, Any]:
    """The parameters of a command: a dictionary's items, an object's attributes, a `Command`'s that say something."""
    if isinstance(command, Mapping):
        return dict(command)
    if not isinstance(command, Command):
        return dict(vars(command))
    members = inspect.getmembers(command, lambda value: bool(value) and not callable(value))
    return {name: value for name, value in members if name[:1].islower()}


def link(project_id: int, payload: Mapping[str, Any], type_name: str | None) -> str:
    """The address at QuantConnect that sends a command to a live project."""
    from urllib.parse import quote_plus

    parameters = [("projectId", project_id), *_flat("command", payload)]
    if type_name is not None:
        parameters.append(("command[$type]", type_name))
    query = "&".join(f"{_lower(quote_plus(name))}={_lower(quote_plus(str(value)))}" for name, value in parameters)
    return f"{_ADDRESS}?{query}"


def _flat(name: str, value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(f"{name}[{key}]", each)
    elif isinstance(value, list | tuple):
        for position, each in enumerate(value):
            yield from _flat(f"{name}[{position}]", each)
    elif value is not None:
        yield name, value


def _lower(text: str) -> str:
    """.NET writes `%5b` where Python writes `%5B`."""
    head, *rest = text.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])
