"""`config/monitor.toml`: how often the monitor looks, where its metrics are, and its patience."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from leanib.errors import ConfigurationError
from leanib.operations.monitor.rules import Rules

__all__ = ["MonitorSettings", "load_monitor_settings"]

FILE = Path("config/monitor.toml")
_KEYS = ("interval", "metrics_port", "rules")
_CHOICES = {"orders_left": ("keep", "ask"), "differences": ("go-on", "ask")}


@dataclass(frozen=True)
class MonitorSettings:
    """What the file says.

    Attributes:
        interval: Seconds between two looks; a container that ends is seen at once.
        metrics_port: Port of the metrics, the live account's one higher; 0: none.
        metrics_host: Address of the metrics: this machine's loopback. Inside a container the variable
            LEANIB_METRICS_HOST says otherwise, and compose publishes the port on the loopback only.
        rules: The patience.
    """

    interval: float = 5.0
    metrics_port: int = 9464
    metrics_host: str = "127.0.0.1"
    rules: Rules = dataclasses.field(default_factory=Rules)


def load_monitor_settings(root: Path, mode: str) -> MonitorSettings:
    """The settings of a project; without the file the defaults of the mode.

    Raises:
        ConfigurationError: The file or a value is wrong; the text names it.
    """
    file = root / FILE
    content: dict[str, Any] = {}
    if file.is_file():
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{FILE} is not valid TOML ({error}); repair it or restore it from git") from error
    unknown = [key for key in content if key not in _KEYS]
    if unknown:
        raise ConfigurationError(f"{FILE}: unknown key '{unknown[0]}'; the keys are {', '.join(_KEYS)}")
    default = MonitorSettings()
    port = int(_number(content, "metrics_port", default.metrics_port, least=0, most=65534))
    return MonitorSettings(
        interval=_number(content, "interval", default.interval, least=1.0, most=30.0),
        metrics_port=port + (mode == "live" and port > 0),
        metrics_host=os.environ.get("LEANIB_METRICS_HOST") or default.metrics_host,
        rules=_rules(content.get("rules", {}), Rules.for_mode(mode)),
    )


def _number(content: dict[str, Any], key: str, otherwise: float, *, least: float, most: float) -> float:
    value = content.get(key, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ConfigurationError(f"{FILE}: '{key}' must be a number from {least:g} to {most:g}, not {value!r}")
    return value


def _rules(given: Any, default: Rules) -> Rules:
    if not isinstance(given, dict):
        raise ConfigurationError(f"{FILE}: 'rules' must be a section, [rules]")
    fields = {one.name: getattr(default, one.name) for one in dataclasses.fields(Rules)}
    unknown = [key for key in given if key not in fields]
    if unknown:
        raise ConfigurationError(f"{FILE}: unknown rule '{unknown[0]}'; the rules are {', '.join(fields)}")
    return dataclasses.replace(default, **{key: _value(key, fields[key], value) for key, value in given.items()})


def _value(key: str, default: Any, value: Any) -> Any:
    """A rule's value in its own kind: seconds, a list of seconds, a count, yes or no, or a word."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if isinstance(default, timedelta) and number:
        return timedelta(seconds=value)
    if isinstance(default, tuple) and isinstance(value, list) and all(isinstance(v, int | float) for v in value):
        return tuple(timedelta(seconds=v) for v in value)
    if isinstance(default, bool) and isinstance(value, bool):
        return value
    if isinstance(default, int) and not isinstance(default, bool) and number and isinstance(value, int):
        return value
    if isinstance(default, str) and value in _CHOICES[key]:
        return value
    wanted = {timedelta: "seconds", tuple: "a list of seconds", bool: "true or false", int: "a whole number"}
    kind = next((text for one, text in wanted.items() if type(default) is one), " or ".join(_CHOICES.get(key, ())))
    raise ConfigurationError(f"{FILE}: rule '{key}' must be {kind}, not {value!r}")
