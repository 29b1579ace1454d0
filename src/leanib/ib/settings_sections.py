"""The sections of `config/<mode>.toml`: connection, quotes, orders, risk; and the client ids of each role."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["CLIENT_IDS", "ConnectionSettings", "OrderSettings", "QuoteSettings", "RiskSettings"]

CLIENT_IDS: dict[str, tuple[int, ...]] = {
    "lean": (0,),
    "live": tuple(range(1, 10)),
    "scripts": tuple(range(10, 20)),
    "dashboard": tuple(range(80, 90)),
    "monitor": (90, 92, 93),
    "deploy": (91,),
    "doctor": (95,),
}
"""The client ids of each role; a program takes the first one that is free."""


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
    lost_leg: Literal["tell", "cancel parent", "flatten"] = Field(
        "tell",
        description="of a bracket: only an alert; also cancel what is left of its order; also close the position",
    )
    leg_patience: float = Field(2.0, ge=0, description="after a change of a bracket, before its legs are looked at")


class RiskSettings(_Section):
    """Limits that hold before anything is sent; zero means no limit of that kind. Money is the account's base currency.

    A limit on the value of an order or of a position is needed, or the word that there is none: `unlimited = true`.
    """

    kill_switch: bool = Field(False, description="true: nothing but cancels is sent")
    unlimited: bool = Field(False, description="true: neither orders nor positions are limited in value, knowingly")
    max_order_quantity: float = Field(0, ge=0, description="shares or contracts; currency pairs are limited in value")
    max_order_value: float = Field(0, ge=0, description="at the worse of the order's own price and the market's")
    max_position_quantity: float = Field(0, ge=0, description="with everything that could still fill on that side")
    max_position_value: float = Field(0, ge=0, description="likewise")
    max_daily_loss: float = Field(0, ge=0, description="at or beyond it only closing orders")
    max_orders_per_minute: int = Field(0, ge=0, description="of all our programs on the account")
    allowed_symbols: tuple[str, ...] = Field((), description="empty: all")
    delayed_price_margin: float | None = Field(
        None, ge=0, le=1, description="share by which delayed or old prices count as worse; none: they do not count"
    )

    @model_validator(mode="after")
    def _unlimited_means_it(self) -> RiskSettings:
        if self.unlimited and (self.max_order_value or self.max_position_value):
            raise ValueError("unlimited = true and a limit on value exclude each other; keep one of them")
        return self

    @property
    def limits_value(self) -> bool:
        """Whether the value of an order or of a position is limited, or knowingly is not."""
        return bool(self.unlimited or self.max_order_value or self.max_position_value)
