"""The settings of the Interactive Brokers services: environment over `.env` over `config/<mode>.toml` over default.

The environment knows every key by `LEANIB_<SECTION>__<KEY>` (`LEANIB_CONNECTION__HEALTH_INTERVAL=10`) and a few by the
names that Gateway images and people use: `IB_HOST`, `IB_PAPER_PORT`, `IB_LIVE_PORT`, `IB_ACCOUNT`, `TWS_USERID`,
`TWS_PASSWORD`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from leanib.env_file import read_env_file
from leanib.errors import ConfigurationError
from leanib.ib.windows import restart_window

__all__ = [
    "ConnectionSettings",
    "IBSettings",
    "Mode",
    "OrderSettings",
    "QuoteSettings",
    "RiskSettings",
    "load_settings",
]

Mode = Literal["paper", "live"]

CLIENT_IDS = {"lean": 0, "live": 1, "scripts": 10, "monitor": 90, "doctor": 95}
"""The first client id of each role; scripts may use 10 to 19."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConnectionSettings(_Section):
    """How the connection is made, watched and made again. All times in seconds."""

    connect_timeout: float = Field(10.0, gt=0, description="socket, handshake and login together")
    request_timeout: float = Field(10.0, gt=0, description="each request for a snapshot")
    health_interval: float = Field(30.0, gt=0, description="between two health checks")
    health_timeout: float = Field(5.0, gt=0, description="for the answer to a health check")
    retries: int = Field(3, ge=0, description="quick tries before the slow, alerted pace")
    retry_base: float = Field(1.0, gt=0, description="delay before the first retry, doubled each time")
    retry_jitter: float = Field(0.5, ge=0, le=1, description="share of a delay that is random")
    retry_slow: float = Field(60.0, gt=0, description="pace after the quick tries")
    link_deadline: float = Field(300.0, gt=0, description="of a lost link to IBKR, before a person is told")
    messages_per_second: int = Field(45, gt=0, le=50, description="IB closes the socket above 50")


class QuoteSettings(_Section):
    """Market data. Times in seconds."""

    market_data_type: Literal["live", "frozen", "delayed", "delayed-frozen"] = "live"
    stale_after: float = Field(60.0, gt=0, description="silence in an open market that counts as stale")
    farm_grace: float = Field(10.0, ge=0, description="after data is back, before a silent symbol is subscribed again")
    resubscribe_per_second: float = Field(10.0, gt=0)
    max_lines: int = Field(100, gt=0, description="market data lines of the account")


class OrderSettings(_Section):
    """Orders. Times in seconds."""

    journal: Path = Path("storage/orders.sqlite3")
    ack_timeout: float = Field(5.0, gt=0, description="without any answer to an order before it is resolved by asking")
    restart_gate: float = Field(120.0, ge=0, description="before a known restart in which no new order is sent")
    fork_policy: Literal["alert", "cancel"] = Field("cancel", description="when one order has become two at IB")


class RiskSettings(_Section):
    """Limits that hold before anything is sent; zero means no limit of that kind."""

    kill_switch: bool = Field(False, description="true: nothing but cancels is sent")
    max_order_quantity: float = Field(0, ge=0)
    max_order_value: float = Field(0, ge=0, description="quantity times price, in the instrument's currency")
    max_position_quantity: float = Field(0, ge=0)
    max_position_value: float = Field(0, ge=0)
    max_daily_loss: float = Field(0, ge=0, description="in the account's currency; at or beyond it only closing orders")
    max_orders_per_minute: int = Field(0, ge=0)
    allowed_symbols: tuple[str, ...] = Field((), description="empty: all")


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
    """The settings of a project folder (the current one by default).

    Relative paths in the settings are meant from that folder.

    Raises:
        ConfigurationError: A file or a value is wrong; the text names it.
    """
    root = root or Path.cwd()
    file = root / "config" / f"{mode}.toml"
    _check_toml(file)
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
    return _anchored(settings, root)


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
    return f"setting '{key}' in {place} is not valid: {first['msg'].lower()}"


def _anchored(settings: IBSettings, root: Path) -> IBSettings:
    orders = settings.orders.model_copy(update={"journal": root / settings.orders.journal})
    paths = {"log_file": root / settings.log_file, "reset_windows": root / settings.reset_windows}
    return settings.model_copy(update={**paths, "orders": orders})
