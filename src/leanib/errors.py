"""The project's exceptions.

    LeanIBError                 anything leanib says no to; its text is one sentence with the remedy
    ├── UsageError              the command line does not make sense
    ├── ConfigurationError      a file of settings, or an environment variable, is wrong
    ├── DataError               market data is missing or unreadable
    ├── ResultError             a result cannot be written
    └── NotSupportedError       LEAN can do it, the embedded engine cannot (also a NotImplementedError)

A command ends with exit code 2 on any of them and prints the sentence; an error inside a user's algorithm keeps its own
Python traceback and ends with exit code 1.
"""

from __future__ import annotations

__all__ = ["ConfigurationError", "DataError", "LeanIBError", "NotSupportedError", "ResultError", "UsageError"]


class LeanIBError(Exception):
    """Anything leanib says no to; the text names what is wrong and the remedy."""


class UsageError(LeanIBError):
    """The command line does not make sense."""


class ConfigurationError(LeanIBError):
    """A file of settings or an environment variable is wrong."""


class DataError(LeanIBError):
    """Market data is missing or unreadable; the text names the file and, where there is one, the line."""


class ResultError(LeanIBError):
    """A result cannot be written; the text names the file."""


class NotSupportedError(LeanIBError, NotImplementedError):
    """LEAN can do it and the embedded engine cannot; the text names it and what to use instead."""
