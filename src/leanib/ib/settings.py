"""The settings of the Interactive Brokers services: environment over `.env` over `config/<mode>.toml` over default.

The environment knows every key by `LEANIB_<SECTION>__<KEY>` (`LEANIB_CONNECTION__HEALTH_INTERVAL=10`) and a few by the
names that Gateway images and people use: `IB_HOST`, `IB_PAPER_PORT`, `IB_LIVE_PORT`, `IB_ACCOUNT`, `TWS_USERID`,
`TWS_PASSWORD`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_state_path
from pydantic import BaseModel, Field, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from leanib.env_file import read_env_file
from leanib.errors import ConfigurationError
from leanib.ib.settings_sections import (
    CLIENT_IDS,
    ConnectionSettings,
    OrderSettings,
    QuoteSettings,
    RiskSettings,
)
from leanib.ib.variables import refuse_unknown_in_env_file, refuse_unknown_section, unknown_in_environment
from leanib.ib.windows import restart_window
from leanib.project import find_project

__all__ = [
    "CLIENT_IDS",
    "ConnectionSettings",
    "IBSettings",
    "Mode",
    "OrderSettings",
    "QuoteSettings",
    "RiskSettings",
    "SettingsSource",
    "load_settings",
]

Mode = Literal["paper", "live"]


@dataclass(frozen=True)
class SettingsSource:
    """Where settings were read.

    Attributes:
        root: The project's folder; relative paths in the settings are meant from it.
        file: The `config/<mode>.toml` that was read, None where there is none.
        env_file: The `.env` that was read, None where there is none.
        risk_given: Whether the program gave the limits itself.
        account_given: Whether the program, or `--account`, named the account.
        doubts: What looks like a mistake and is none for certain, one sentence each.
    """

    root: Path
    file: Path | None = None
    env_file: Path | None = None
    risk_given: bool = False
    account_given: bool = False
    doubts: tuple[str, ...] = ()


class IBSettings(BaseSettings):
    """Everything the Interactive Brokers services can be told.

    The project's ports are paper 4001 and live 4002, as its users know them: the reverse of IB Gateway's own defaults
    (live 4001, paper 4002). They are set here (and by `IB_PAPER_PORT`, `IB_LIVE_PORT`) and nowhere else.
    """

    model_config = SettingsConfigDict(
        env_prefix="LEANIB_",
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    mode: Mode = "paper"
    host: str = Field("127.0.0.1", validation_alias="IB_HOST")
    paper_port: int = Field(4001, ge=1, le=65535, validation_alias="IB_PAPER_PORT")
    live_port: int = Field(4002, ge=1, le=65535, validation_alias="IB_LIVE_PORT")
    account: str = Field("", validation_alias="IB_ACCOUNT", repr=False)
    user_id: SecretStr = Field(SecretStr(""), validation_alias="TWS_USERID")
    password: SecretStr = Field(SecretStr(""), validation_alias="TWS_PASSWORD")
    auto_restart_time: str = Field("11:55 PM", validation_alias="AUTO_RESTART_TIME")
    time_zone: str = Field("America/New_York", validation_alias="TIME_ZONE")
    log_file: Path = Path("logs/ib_connection.log")
    reset_windows: Path = Path("config/reset-windows.toml")
    state_folder: Path = Field(
        default_factory=lambda: user_state_path("leanib", appauthor=False),
        description="where all projects of a user tell each other what they send on an account",
    )
    seed: int | None = Field(None, description="of the jitter; none: from the operating system")
    connection: ConnectionSettings = ConnectionSettings()
    quotes: QuoteSettings = QuoteSettings()
    orders: OrderSettings = OrderSettings()
    risk: RiskSettings = RiskSettings()

    @model_validator(mode="before")
    @classmethod
    def _as_compose_reads_them(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The Gateway's restart follows docker-compose.yml, where an empty variable is one that is not set."""
        gateway = ("auto_restart_time", "time_zone", "AUTO_RESTART_TIME", "TIME_ZONE")
        return {name: value for name, value in values.items() if value != "" or name not in gateway}

    @model_validator(mode="after")
    def _check_restart(self) -> IBSettings:
        restart_window(self.auto_restart_time, self.time_zone)
        return self

    _source: SettingsSource | None = PrivateAttr(None)

    @property
    def source(self) -> SettingsSource:
        """Where these settings were read."""
        return self._source or SettingsSource(Path.cwd())

    def limits_obstacle(self) -> str:
        """Why no order may be sent with these limits, in a sentence with the remedy; empty when one may."""
        source, name = self.source, f"config/{self.mode}.toml"
        if source.file is None and not source.risk_given:
            return (
                f"there is no limits file, {name}, in {source.root} nor in a project above it: write one with a "
                "section [risk] and in it max_order_value or max_position_value"
            )
        if self.risk.limits_value:
            return ""
        where = source.file or "the program"
        return (
            f"{where} limits the value of neither an order nor a position: set max_order_value or max_position_value "
            "in [risk], or write unlimited = true there"
        )

    def without_log(self) -> IBSettings:
        """The same for where no log can be written."""
        silent = self.model_copy(update={"log_file": Path(os.devnull)})
        silent._source = self._source
        return silent

    @property
    def port(self) -> int:
        """The host port of the mode's Gateway."""
        return self.paper_port if self.mode == "paper" else self.live_port

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written down."""
        return tuple(s for s in (self.user_id.get_secret_value(), self.password.get_secret_value(), self.account) if s)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its reader alters passwords
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over `.env` over the mode's file over default."""
        toml = TomlConfigSettingsSource(settings_cls, _files.toml)
        return init_settings, env_settings, _DotEnvSource(settings_cls), file_secret_settings, toml


class _Files:
    """Which files the next IBSettings reads: pydantic-settings offers no argument for them."""

    toml: Path | None = None
    env: Path | None = None


_files = _Files()


class _DotEnvSource(EnvSettingsSource):
    """The variables of `.env`, read as every other command reads them."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        values = read_env_file(_files.env) if _files.env is not None else {}
        return {name.lower(): value for name, value in values.items()}


def load_settings(mode: Mode = "paper", root: Path | None = None, **overrides: Any) -> IBSettings:
    """The settings of a project folder.

    Args:
        mode: Which account, and so which `config/<mode>.toml`.
        root: The project's folder; by default the current one or the nearest above it that is a project, as with
            `lean.json`. Relative paths in the settings are meant from it.
        overrides: Sections and settings that win over everything that is read.

    Raises:
        ConfigurationError: A file or a value is wrong; the text names it.
    """
    if root is None:
        root = find_project(Path.cwd()) or Path.cwd()
    file = root / "config" / f"{mode}.toml"
    _check_toml(file)
    _check_variables(root / ".env")
    _files.toml, _files.env = file if file.exists() else None, root / ".env"
    secrets_dir = Path("/run/secrets")
    try:
        settings = IBSettings(
            _secrets_dir=secrets_dir if secrets_dir.is_dir() else None,
            **{"mode": mode, **overrides},
        )
    except ValidationError as error:
        raise ConfigurationError(_explain(error, file)) from None
    finally:
        _files.toml = _files.env = None
    source = SettingsSource(
        root,
        file if file.is_file() else None,
        root / ".env" if (root / ".env").is_file() else None,
        risk_given="risk" in overrides,
        account_given=bool(overrides.get("account")),
        doubts=tuple(unknown_in_environment(os.environ)),
    )
    return _anchored(settings, source)


def _check_variables(env_file: Path) -> None:
    refuse_unknown_in_env_file(env_file)
    sections = [name for name, field in IBSettings.model_fields.items() if isinstance(field.default, BaseModel)]
    refuse_unknown_section([*os.environ, *read_env_file(env_file)], sections)


def _check_toml(file: Path) -> None:
    if not file.exists():
        return
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML ({error}); repair it or restore it from git") from error
    unknown = [key for key in content if key not in IBSettings.model_fields]
    if unknown:
        known = ", ".join(sorted(IBSettings.model_fields))
        raise ConfigurationError(f"{file}: unknown key '{unknown[0]}'; the keys are {known}")


def _explain(error: ValidationError, file: Path) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if not key:
        return first["msg"].removeprefix("Value error, ")
    environment = key if key in os.environ else f"LEANIB_{key.upper().replace('.', '__')}"
    place = f"the environment variable {environment}" if environment in os.environ else f"{file.name} or .env"
    what = first["msg"].lower().removeprefix("value error, ")
    return f"setting '{key}' in {place} is not valid: {what}"


def _anchored(settings: IBSettings, source: SettingsSource) -> IBSettings:
    root = source.root
    orders = settings.orders.model_copy(update={"journal": root / settings.orders.journal})
    relative = ("log_file", "reset_windows", "state_folder")
    paths = {name: root / getattr(settings, name) for name in relative}
    anchored = settings.model_copy(update={**paths, "orders": orders})
    anchored._source = source
    return anchored
