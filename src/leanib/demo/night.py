"""A bad night in virtual time: hours in a second, judged by the monitor's own rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from leanib.demo.stage import Stage
from leanib.ib.windows import ResetWindows
from leanib.operations.alerts import Delivery
from leanib.operations.monitor import Do, Market
from leanib.operations.monitor.virtual_world import VirtualWorld

__all__ = ["show_night"]

_NEW_YORK = ZoneInfo("America/New_York")
_EVENING = datetime(2026, 11, 24, 15, 0, tzinfo=_NEW_YORK)


def show_night(stage: Stage) -> None:
    """The Gateway's own restart, IBKR's reset, a dead Gateway, a LEAN that ended; a position that must not double."""
    stage.title("A bad night, healed (virtual time, the monitor's rules)")
    market = Market.load(stage.root / "data")
    windows = ResetWindows.load(stage.root / "config" / "reset-windows.toml").with_restart("11:55 PM", _NEW_YORK.key)
    world = VirtualWorld(_EVENING.astimezone(UTC), market, windows)
    for event, moment, text in (
        (world.restart_gateway_softly, _at(23, 55), "the Gateway restarts itself, as every night"),
        (lambda: _link(world, lost=True), _at(0, 15), "IBKR resets its servers: no link"),
        (lambda: _link(world, lost=False), _at(0, 40), "the link is back"),
        (world.kill_lean, _at(2, 0), "LEAN's process is killed"),
        (world.kill_gateway, _at(3, 10), "the Gateway's process dies"),
    ):
        world.at(moment, _noted(world, event, f"-- {text}"))
    world.run(_at(10, 0))
    stage.show("\n".join(f"{moment.astimezone(_NEW_YORK):%a %H:%M}  {note}" for moment, note in world.timeline))
    stage.say("And what a person finds in the morning, since nothing was worth an alarm:")
    stage.show("\n".join(map(_line, world.delivered)))
    stage.check(world.is_trading(), "in the morning LEAN trades again, and nobody had to get up")
    stage.check(world.count(Do.REDEPLOY) >= 1, "redeployed after positions, orders and fills had been asked for twice")
    held_once = world.sent == 1 and world.positions == {"SPY": 1}
    stage.check(held_once, "one order was ever sent; the position is not doubled")
    stage.check(not world.critical, "no alarm at night: nothing needed a person")


def _at(hour: int, minute: int) -> datetime:
    day = _EVENING if hour >= 15 else _EVENING + timedelta(days=1)
    return day.replace(hour=hour, minute=minute).astimezone(UTC)


def _noted(world: VirtualWorld, event: Callable[[], None], text: str) -> Callable[[], None]:
    def happen() -> None:
        world.timeline.append((world.now, text))
        event()

    return happen


def _link(world: VirtualWorld, *, lost: bool) -> None:
    world.gateway.link_lost = lost


def _line(delivery: Delivery) -> str:
    moment = delivery.at.astimezone(_NEW_YORK)
    return f"{moment:%a %H:%M}  {delivery.kind} {delivery.severity.value}: {delivery.text}"
