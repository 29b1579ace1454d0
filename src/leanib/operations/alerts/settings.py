"""Where alerts go: rules from `config/alerts.toml`, addresses from a private file.

Apprise's addresses hold tokens, so they stand in `secrets/alerts` (Apprise's own text form: one address a line, or
`urgent=ADDRESS` for one that only hears of escalations), or in the variable LEANIB_ALERT_URLS, separated by blanks.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leanib.errors import ConfigurationError
from leanib.ib.alerts import Severity
from leanib.operations.alerts.book import AlertRules
from leanib.operations.gateway import environment_of
from leanib.private_files import is_open_to_others

__all__ = ["SECRET", "Addresses", "load_addresses", "load_rules"]

RULES = Path("config/alerts.toml")
SECRET = Path("secrets/alerts")
_URGENT = "urgent="
_KEYS = (
    "quiet_from", "quiet_until", "zone", "quiet_exceptions", "remind_minutes", "escalate_minutes",
)  # fmt: skip


@dataclass(frozen=True)
class Addresses:
    """Apprise addresses; none of them is ever printed.

    Attributes:
        normal: Hear of everything.
        urgent: Hear of escalations only.
        dead_man: A URL that is fetched as long as all is well, such as https://hc-ping.com/UUID.
    """

    normal: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ()
    dead_man: str = ""

    def __repr__(self) -> str:
        return f"Addresses({len(self.normal)} normal, {len(self.urgent)} urgent)"


def load_addresses(root: Path) -> Addresses:
    """The addresses of a project.

    Raises:
        ConfigurationError: The file may be read by others, or is no text.
    """
    environment = environment_of(root)
    words = environment.get("LEANIB_ALERT_URLS", "").split()
    file = root / SECRET
    if file.is_file():
        if is_open_to_others(file):
            raise ConfigurationError(
                f"{SECRET} may be read by others, and its addresses hold tokens: chmod 600 {SECRET}"
            )
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            raise ConfigurationError(f"{SECRET} is not a UTF-8 text; write one Apprise address a line") from None
        words += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return Addresses(
        tuple(word for word in words if not word.startswith(_URGENT)),
        tuple(word.removeprefix(_URGENT) for word in words if word.startswith(_URGENT)),
        environment.get("LEANIB_DEAD_MAN_URL", ""),
    )


def load_rules(root: Path) -> AlertRules:
    """The rules of a project; without the file the defaults.

    Raises:
        ConfigurationError: A value is wrong; the text names it.
    """
    file = root / RULES
    if not file.is_file():
        return AlertRules()
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{RULES} is not valid TOML ({error}); repair it or restore it from git") from error
    unknown = [key for key in content if key not in _KEYS]
    if unknown:
        raise ConfigurationError(f"{RULES}: unknown key '{unknown[0]}'; the keys are {', '.join(_KEYS)}")
    return _rules(content)


def _rules(content: dict[str, Any]) -> AlertRules:
    default = AlertRules()

    def read(key: str, convert: Any, otherwise: Any) -> Any:
        if key not in content:
            return otherwise
        try:
            return convert(content[key])
        except (ValueError, TypeError, ZoneInfoNotFoundError) as error:
            raise ConfigurationError(f"{RULES}: '{key}' is not valid: {error}") from None

    return AlertRules(
        read("quiet_from", time.fromisoformat, default.quiet_from),
        read("quiet_until", time.fromisoformat, default.quiet_until),
        read("zone", ZoneInfo, default.zone),
        read("quiet_exceptions", Severity, default.quiet_exceptions),
        read("remind_minutes", lambda value: timedelta(minutes=float(value)), default.remind_after),
        read("escalate_minutes", lambda value: timedelta(minutes=float(value)), default.escalate_after),
    )
