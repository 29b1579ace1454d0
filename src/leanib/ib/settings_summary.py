"""What was read, in words: `-v` and the doctor tell it."""

from __future__ import annotations

from leanib.ib.limits.switch import KillSwitch
from leanib.ib.settings import IBSettings
from leanib.ib.settings_sections import RiskSettings

__all__ = ["limits_in_words", "what_was_read"]


def what_was_read(settings: IBSettings) -> list[str]:
    """Lines that say which files the settings come from, where orders are kept, and which limits hold."""
    source = settings.source
    missing = f"no config/{settings.mode}.toml (looked for in {source.root} and the folders above it)"
    return [
        f"project: {source.root}",
        f"settings: {source.file or missing}" + (f", {source.env_file}" if source.env_file else ""),
        f"journal: {settings.orders.journal}",
        f"limits: {limits_in_words(settings)}",
    ]


def limits_in_words(settings: IBSettings) -> str:
    """The limits in one line; why no order can be sent where that is so."""
    obstacle = settings.limits_obstacle()
    if obstacle:
        return f"no order is sent: {obstacle}"
    thrown = KillSwitch(settings).thrown()
    if thrown is not None:
        return f"{thrown}: nothing but cancels is sent"
    return "; ".join(_words(settings.risk)) or "none"


def _words(risk: RiskSettings) -> list[str]:
    amounts = (
        ("order value", risk.max_order_value), ("position value", risk.max_position_value),
        ("order quantity", risk.max_order_quantity), ("position quantity", risk.max_position_quantity),
        ("daily loss", risk.max_daily_loss), ("orders a minute", risk.max_orders_per_minute),
    )  # fmt: skip
    words = ["kill switch ON: nothing but cancels is sent"] if risk.kill_switch else []
    words += ["unlimited in value"] if risk.unlimited else []
    words += [f"{name} {amount:,g}" for name, amount in amounts if amount]
    if risk.allowed_symbols:
        words.append("only " + ", ".join(risk.allowed_symbols))
    if risk.delayed_price_margin is not None:
        words.append(f"delayed prices count {risk.delayed_price_margin:.1%} worse")
    return words
