"""Settings: LEAN's `lean.json` (comments allowed) and a project's `config.json`, read as the `lean` CLI and LEAN do.

A setting is looked for on the command line, in the project's `config.json`, in `lean.json`'s chosen environment and in
`lean.json` itself, in that order. LEAN, its CLI and other tools write keys of their own into both files, so an unknown
key is no error; one in `lean.json` that is nearly a known one is warned of, because a mistyped key changes nothing and
says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leanib.engine.configuration.keys import LEAN_KEYS, PROJECT_KEYS, PROVIDER_PREFIXES
from leanib.errors import ConfigurationError

__all__ = ["Configuration", "find_lean_json", "load_configuration", "parse_json"]

LEAN_JSON = "lean.json"
PROJECT_JSON = "config.json"

_COMMENT_OR_STRING = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]])', re.DOTALL)
_PREFIXES = tuple(f"{prefix}-" for prefix in PROVIDER_PREFIXES)
_NEAR = 0.85
_REQUIRED_DATA = ("market-hours", "symbol-properties")


@dataclass(frozen=True)
class Configuration:
    """Settings of one run. `source` is the `lean.json` they come from, if there is one; `warnings` are for the user."""

    values: Mapping[str, Any] = field(default_factory=dict)
    source: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def get(self, key: str, default: str = "") -> str:
        """A setting as text."""
        value = self.values.get(key)
        return default if value is None or value == "" else str(value)

    def get_int(self, key: str, default: int = 0) -> int:
        """A setting as a whole number; ConfigurationError when it is none."""
        value = self.get(key)
        try:
            return int(value) if value else default
        except ValueError:
            raise ConfigurationError(f"{self._name}: \"{key}\" must be a whole number, not '{value}'") from None

    def get_bool(self, key: str, default: bool = False) -> bool:
        """A setting as true or false; ConfigurationError when it is neither."""
        value = self.get(key).lower()
        if value not in ("", "true", "false"):
            raise ConfigurationError(f"{self._name}: \"{key}\" must be true or false, not '{value}'")
        return default if not value else value == "true"

    @property
    def _name(self) -> str:
        return str(self.source) if self.source is not None else "the settings"

    def data_folder(self, override: Path | None = None) -> Path:
        """The folder of market data: the override, or "data-folder" relative to `lean.json`.

        Raises ConfigurationError when there is none, or when it is not in LEAN's layout.
        """
        folder = override or self.named_data_folder()
        remedy = 'give the right one with --data-folder, or correct "data-folder" in lean.json'
        if not folder.is_dir():
            raise ConfigurationError(f"the data folder {folder} does not exist; {remedy}")
        for name in _REQUIRED_DATA:
            if not (folder / name).is_dir():
                raise ConfigurationError(f"{folder} is not a data folder in LEAN's layout: it has no {name}/; {remedy}")
        return folder.resolve()

    @property
    def object_store_root(self) -> Path:
        """Where algorithms keep values: "object-store-root", or storage/ beside `lean.json` as with the `lean` CLI."""
        base = Path.cwd() if self.source is None else self.source.parent
        return base / Path(self.get("object-store-root", "storage")).expanduser()

    def named_data_folder(self) -> Path:
        """What "data-folder" names, whether or not it is there; raises ConfigurationError when there is no such key."""
        configured = self.get("data-folder")
        if not configured:
            where = f'{self.source} has no "data-folder"' if self.source else "no lean.json was found"
            raise ConfigurationError(f"{where}, so there is no data to run on; give --data-folder")
        folder = Path(configured).expanduser()
        return folder if folder.is_absolute() or self.source is None else self.source.parent / folder


def find_lean_json(start: Path) -> Path | None:
    """The `lean.json` of the folder, or of the nearest one above it."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / LEAN_JSON).is_file():
            return folder / LEAN_JSON
    return None


def load_configuration(
    project: Path,
    lean_json: Path | None = None,
    environment: str | None = None,
    parameters: Mapping[str, str] | None = None,
) -> Configuration:
    """The settings for a project folder.

    `lean_json` None looks for it from the project upwards, then from the current folder. `environment` None takes
    the file's own "environment". `parameters` win over the project's.
    """
    path = lean_json or find_lean_json(project) or find_lean_json(Path.cwd())
    values = _read_lean_json(path, environment) if path is not None else {}
    project_values = _read_project_json(project / PROJECT_JSON)
    merged: dict[str, str] = {}
    for source, holder in ((path, values), (project / PROJECT_JSON, project_values)):
        merged |= _parameters(source, holder.get("parameters", {}))
    merged |= parameters or {}
    warnings = () if path is None else tuple(_mistyped_keys(path))
    return Configuration({**values, **project_values}, path, merged, warnings)


def _parameters(path: Path | None, parameters: Any) -> dict[str, str]:
    if not isinstance(parameters, dict):
        raise ConfigurationError(f'{path}: "parameters" must be an object of names and values')
    return {str(name): _as_text(value) for name, value in parameters.items()}


def _as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, (bool, dict, list)) else str(value)


def _read_lean_json(path: Path, environment: str | None) -> dict[str, Any]:
    _, values = _read(path)
    environments = values.pop("environments", {})
    if not isinstance(environments, dict):
        raise ConfigurationError(f'{path}: "environments" must be an object of environments')
    name = environment or str(values.get("environment", "")).partition(".")[0]
    if not name:
        return values
    if name not in environments:
        if environment is None and not environments:
            return values
        raise ConfigurationError(f"{path} has no environment '{name}'{_did_you_mean(name, environments)}")
    return {**values, **environments[name]}


def _read_project_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    _, values = _read(path)
    language = values.get("algorithm-language", "Python")
    if language != "Python":
        raise ConfigurationError(
            f"{path}: the embedded engine runs Python, not {language}; use `lean backtest` for this project"
        )
    return values


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"{path} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    values = parse_json(text, path)
    if not isinstance(values, dict):
        raise ConfigurationError(f"{path}: the file must hold one object, {{...}}")
    return text, values


def parse_json(text: str, path: Path) -> Any:
    """JSON that may have `//` and `/* */` comments and trailing commas. `path` is for the error's text."""
    bare = _COMMENT_OR_STRING.sub(_blank, text)
    try:
        return json.loads(bare)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{path}, line {error.lineno}, column {error.colno}: {error.msg}") from None


def _blank(match: re.Match[str]) -> str:
    """A string as it is; a comment as white space of the same shape, so that line numbers stay right."""
    text = match.group()
    return text if text[0] == '"' else re.sub(r"[^\n]", " ", text)


def _mistyped_keys(path: Path) -> Iterator[str]:
    """A sentence for each unknown key that is nearly a known one."""
    text, values = _read(path)
    environments = values.get("environments", {})
    for settings in (values, *(item for item in environments.values() if isinstance(item, dict))):
        for key in settings:
            known = key in LEAN_KEYS or key in PROJECT_KEYS or key.startswith(_PREFIXES)
            if not known and (hint := _did_you_mean(key, LEAN_KEYS, _NEAR)):
                line = text.count("\n", 0, max(text.find(f'"{key}"'), 0)) + 1
                yield f"{path}, line {line}: nothing reads '{key}'{hint}"


def _did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    import difflib  # only needed when something is wrong

    nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"; did you mean '{nearest[0]}'?" if nearest else ""
