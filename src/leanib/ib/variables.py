"""Names of environment variables that look like this project's and are none: a typing error that would say nothing.

In `.env`, which is the project's own file, such a name is refused. Other programs may well have `IB_...` variables in
the environment: there it is told and no more. `LEANIB_<SECTION>__<KEY>` is ours everywhere: a limit in a section that
does not exist would hold nothing back.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from leanib.env_file import read_entries
from leanib.errors import ConfigurationError

__all__ = ["refuse_unknown_in_env_file", "refuse_unknown_section", "unknown_in_environment"]

_OURS = re.compile(r"IB_\w+", re.IGNORECASE)
_SECTION = re.compile(r"LEANIB_([A-Z0-9_]+?)__\w+", re.IGNORECASE)
_KNOWN = (
    "IB_HOST",
    "IB_PAPER_PORT",
    "IB_LIVE_PORT",
    "IB_ACCOUNT",
    "IB_GATEWAY_IMAGE",
    "IB_GATEWAY_NAME",
    "IB_GATEWAY_PAPER_PORT",
    "IB_GATEWAY_LIVE_PORT",
    "IB_GATEWAY_MEMORY",
)
"""Those that a command or `docker-compose.yml` reads."""


def refuse_unknown_in_env_file(path: Path) -> None:
    """Lets a `.env` file pass or not.

    Raises:
        ConfigurationError: A name in it begins with `IB_` and is none that is read; or see `read_entries`.
    """
    for entry in read_entries(path):
        if _is_unknown(entry.name):
            raise ConfigurationError(f"{path}, line {entry.line}: {_sentence(entry.name)}")


def refuse_unknown_section(names: Iterable[str], sections: Iterable[str]) -> None:
    """Lets variables of the environment or of `.env` pass or not.

    Raises:
        ConfigurationError: One is `LEANIB_<SECTION>__<KEY>`, and there is no such section.
    """
    known = [section.upper() for section in sections]
    for name in names:
        found = _SECTION.fullmatch(name)
        if found is not None and found[1].upper() not in known:
            listed = ", ".join(f"LEANIB_{section}__..." for section in known)
            raise ConfigurationError(f"{name} is not read by anything here: the names that are read are {listed}")


def unknown_in_environment(names: Iterable[str]) -> list[str]:
    """A sentence for each variable of the environment that begins with `IB_` and is none that is read."""
    return [f"the environment variable {_sentence(name)}" for name in sorted(names) if _is_unknown(name)]


def _is_unknown(name: str) -> bool:
    return _OURS.fullmatch(name) is not None and name.upper() not in _KNOWN


def _sentence(name: str) -> str:
    near = difflib.get_close_matches(name.upper(), _KNOWN, n=1, cutoff=0.6)
    hint = f"{near[0]} is meant?" if near else f"the names that are read are {', '.join(_KNOWN)}"
    return f"{name} is not read by anything here: {hint}"
