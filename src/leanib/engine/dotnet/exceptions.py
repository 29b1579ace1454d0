# ruff: noqa: N818
"""The .NET exceptions that algorithms name in `raise` and `except`; each is also the Python error nearest to it."""

from __future__ import annotations

from leanib.errors import UsageError

__all__ = [
    "AggregateException",
    "ArgumentException",
    "ArgumentNullException",
    "ArgumentOutOfRangeException",
    "FormatException",
    "InvalidOperationException",
    "KeyNotFoundException",
    "NoMethodMatches",
    "NotImplementedException",
    "NotSupportedException",
    "NullReferenceException",
    "RegressionTestException",
    "TimeoutException",
]


class InvalidOperationException(RuntimeError):
    """The object's state does not allow the call."""


class NoMethodMatches(TypeError):
    """What Python.NET says when no overload takes the arguments."""

    def __init__(self, method: str, *arguments: object, hint: str = "") -> None:
        types = (type if isinstance(argument, type) else type(argument) for argument in arguments)
        kinds = ", ".join(map(str, types))
        mismatch = f". Argument mismatch: {hint}" if hint else ""
        super().__init__(f"No method matches given arguments for {method}: ({kinds}){mismatch}")


class ArgumentException(ValueError):
    """An argument is not acceptable."""


class RefusedArgument(ArgumentException, UsageError):
    """An ArgumentException of LEAN's whose text is the user's remedy: a command tells it as one sentence."""


class ArgumentNullException(ArgumentException):
    """An argument is missing."""


class ArgumentOutOfRangeException(ArgumentException):
    """An argument is outside its range."""


class FormatException(ValueError):
    """A text cannot be parsed."""


class KeyNotFoundException(KeyError):
    """A dictionary has no such key."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class NotImplementedException(NotImplementedError):
    """The member is not written yet."""


class NotSupportedException(RuntimeError):
    """The object cannot do that."""


class NullReferenceException(AttributeError):
    """A member of nothing was asked for."""


class AggregateException(RuntimeError):
    """Several errors at once."""


class TimeoutException(TimeoutError):
    """It took too long."""


class RegressionTestException(RuntimeError):
    """LEAN's regression algorithms raise it when they do not see what they expect."""
