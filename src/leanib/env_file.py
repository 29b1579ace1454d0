"""Reading `.env`: one reading for every command, and what in it another reader may take otherwise.

Quoting is python-dotenv's. `${NAME}` is filled in as Compose does, but never in a user's name, a password or a token:
those are taken as typed, whatever quotes they have.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

from dotenv.main import resolve_variables
from dotenv.parser import Binding, parse_stream

from leanib.errors import ConfigurationError

__all__ = ["EnvEntry", "doubts", "read_entries", "read_env_file"]

_AS_TYPED = re.compile(r"PASS(WORD)?|SECRET|TOKEN|USER_?(ID|NAME)", re.IGNORECASE)
_VALUE = re.compile(r"[^=]*=(.*)", re.DOTALL)


@dataclass(frozen=True)
class EnvEntry:
    """One line of `.env`.

    Attributes:
        name: The variable.
        value: What it is set to, before `${NAME}` is filled in.
        line: Its line in the file, from 1.
        written: What stands after the equals sign, as it stands there.
    """

    name: str
    value: str
    line: int
    written: str

    @property
    def is_secret(self) -> bool:
        """Whether it is a credential, which is taken as typed."""
        return _AS_TYPED.search(self.name) is not None

    @property
    def quote(self) -> str:
        """The quotes around it: ', " or none."""
        first = self.written.lstrip()[:1]
        return first if first in ("'", '"') else ""


def read_entries(path: Path) -> list[EnvEntry]:
    """The entries of a `.env` file, in order; none when there is no such file.

    Raises:
        ConfigurationError: It cannot be read, is not UTF-8, or a line is not understood; the text names file and line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(
            f"{path}, line {line}, is not UTF-8: save the file in that encoding, or put the password alone "
            "into secrets/tws_password"
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    return [entry for binding in parse_stream(io.StringIO(text)) if (entry := _entry(path, binding)) is not None]


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a `.env` file; none when there is no such file.

    Raises:
        ConfigurationError: See `read_entries`.
    """
    entries = read_entries(path)
    filled = resolve_variables([(entry.name, entry.value) for entry in entries], override=False)
    values = {name: value for name, value in filled.items() if value is not None}
    return {**values, **{entry.name: entry.value for entry in entries if entry.is_secret}}


def doubts(entries: list[EnvEntry]) -> list[str]:
    """Credentials that are not what they seem, or that another reader of the file takes otherwise; never their text."""
    return [f"{e.name} in .env (line {e.line}) {doubt}" for e in entries if e.is_secret and (doubt := _doubt(e))]


def _entry(path: Path, binding: Binding) -> EnvEntry | None:
    lines = binding.original.string
    line = binding.original.line + lines[: len(lines) - len(lines.lstrip())].count("\n")
    if binding.error:
        raise ConfigurationError(
            f"{path}, line {line}, is not understood: write NAME=value, the value in single quotes "
            "if it holds spaces, quotes, #, $ or a backslash"
        )
    if binding.key is None or binding.value is None:
        return None
    found = _VALUE.match(lines)
    return EnvEntry(binding.key, binding.value, line, found[1].rstrip("\r\n") if found else "")


def _doubt(entry: EnvEntry) -> str:
    if entry.quote:
        return "" if entry.quote == "'" or not re.search(r"[$\\]", entry.value) else _otherwise("a $ or a backslash")
    if re.search(r"\s#", entry.written):
        return "ends before a #, which begins a comment; if it belongs to it, put all of it in single quotes"
    if entry.value and entry.written != entry.value:
        return "has spaces at its edges, which are left out; if they belong to it, put all of it in single quotes"
    return _otherwise("a $ or a quote") if re.search(r"[$'\"]", entry.value) else ""


def _otherwise(what: str) -> str:
    return f"holds {what}, which Compose by itself may read otherwise: put it in single quotes"
