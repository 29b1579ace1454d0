"""The connection: made at the start, lost, healed, checked, and ended in order."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from leanib.demo.stage import Stage
from leanib.ib.manager import IBConnectionManager
from leanib.ib.settings import IBSettings, load_settings
from leanib.ib.state import ConnectionState, Socket
from leanib.simulator import Simulator

__all__ = ["show_connection"]

_STORY = "US-2.2"
_FAILING = 3  # the try at once and two retries; the third gets through


def show_connection(stage: Stage) -> None:
    """Every transition is printed as it happens."""
    stage.title("The connection: lost and healed")
    settings = load_settings("paper", stage.folder)
    asyncio.run(_live_through(stage, settings))
    events = [json.loads(line) for line in settings.log_file.read_text(encoding="utf-8").splitlines()]
    problems = [event for event in events if event["level"] == "warning" or event.get("socket") == "down"]
    shown = str(settings.log_file.relative_to(stage.folder))
    stage.say(f"And {shown} has it, a JSON object a line:")
    stage.show("\n".join(_short(event) for event in problems[:4]))
    stage.check(problems, f"connection problems are in {shown}", (_STORY, "error logging for connection issues"))


async def _live_through(stage: Stage, settings: IBSettings) -> None:
    began = time.monotonic()
    tries: list[float] = []

    def tell(before: ConnectionState, after: ConnectionState) -> None:
        if after.generation != before.generation:
            tries.append(time.monotonic() - began)
        if after.reason.startswith("farm "):
            return
        state = "ready to trade" if after.is_trading_ready else after.reason or after.obstacle()
        stage.show(f"{time.monotonic() - began:5.1f} s  {state}")

    manager = IBConnectionManager(settings)
    manager.connection.messages.state.connect(tell)
    stage.say("IBConnectionManager is a context manager: inside it there is a connection.")
    async with manager:
        ready = manager.state.is_trading_ready
        stage.check(ready, "connected on start-up", (_STORY, "automatic connection on start-up"))
        stage.say("Now the Gateway is gone: nothing listens.")
        before = len(tries)
        stage.gateway.run(_go_away)
        lost = time.monotonic() - began
        failing = _FAILING + before
        await _until(lambda: len(tries) == failing and manager.state.socket is Socket.DOWN, 20, stage)
        stage.say("It comes back.")
        stage.gateway.run(lambda sim: sim.faults.accept())
        await _until(lambda: manager.state.is_trading_ready and len(tries) > before, 20, stage)
        own = tries[before:]
        pauses = [later - earlier for earlier, later in zip([lost, *own], own, strict=False)]
        stage.check(
            2 <= len(own) <= settings.connection.retries + 1 and pauses == sorted(pauses),
            f"healed: at once, then {len(own) - 1} of {settings.connection.retries} retries, after "
            + ", ".join(f"{pause:.1f}" for pause in pauses[1:]) + " s; positions and orders are reconciled",
            (_STORY, "reconnection (3 retries with exponential backoff)"),
        )  # fmt: skip
    await _health(stage, settings)


def _go_away(simulator: Simulator) -> None:
    simulator.faults.refuse()
    simulator.faults.disconnect()


async def _health(stage: Stage, settings: IBSettings) -> None:
    interval = settings.connection.health_interval
    quick = settings.connection.model_copy(update={"health_interval": 0.5, "health_timeout": 0.5})
    stage.say(f"A dead Gateway whose socket stays open is found by the check every {interval:g} s (here: 0.5 s).")
    manager = IBConnectionManager(settings.model_copy(update={"connection": quick}))
    async with manager:
        generation = manager.state.generation
        stage.gateway.run(lambda sim: sim.faults.freeze())
        await _until(lambda: not manager.state.is_ready or manager.state.generation > generation, 10, stage)
        stage.gateway.run(lambda sim: sim.faults.thaw())
        await _until(lambda: manager.state.is_trading_ready and manager.state.generation > generation, 15, stage)
        stage.check(interval == 30, "found, given up and dialled again", (_STORY, "health check every 30 s"))
    clients = stage.gateway.run(lambda sim: len(sim.gateway.sessions))
    stage.check(
        clients == 0 and manager.state.socket is Socket.DOWN,
        "at the end of the block it says goodbye: the Gateway has no client left",
        (_STORY, "graceful disconnection on shutdown"),
    )


async def _until(condition: Callable[[], object], seconds: float, stage: Stage) -> None:
    await asyncio.to_thread(stage.wait, condition, seconds, "the connection changes")


def _short(event: dict[str, object]) -> str:
    rest = {name: value for name, value in event.items() if name not in ("timestamp", "level", "event")}
    reason = event.get("reason") or event.get("text") or json.dumps(rest)
    return f"{str(event['timestamp'])[11:19]} {event['level']}: {event['event']}: {reason}"[:100]
