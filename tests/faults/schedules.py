"""Random schedules: programs that trade, a market that moves, and everything that has been seen to go wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from leanib.ib.codes import CANCELLED, CODES, Concern

__all__ = ["SYMBOLS", "Schedule", "Setup", "Step", "random_schedule"]

SYMBOLS = ("AAPL", "MSFT")


@dataclass(frozen=True)
class Setup:
    """Who trades.

    Attributes:
        accounts: The account of each program, by number: (0, 0) are two on one account, (0, 1) two on sub-accounts.
        shared_journal: Whether the programs write to one journal.
        limit: `max_position_quantity` of all programs; 0 for none.
        policy: What programs do about a lost leg.
    """

    accounts: tuple[int, ...] = (0,)
    shared_journal: bool = True
    limit: int = 0
    policy: str = "tell"


@dataclass(frozen=True)
class Step:
    """After `delay` seconds, one act of a program (`who`), of the market, or of fate."""

    delay: float
    act: str
    settings: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Schedule:
    """Everything that happens, in order."""

    steps: tuple[Step, ...]
    setup: Setup = Setup()


_OTHERS = (Concern.LINK, Concern.FARM, Concern.SESSION)
_NOT_OF_ORDERS = {code.number for code in CODES.values() if code.concern in _OTHERS}
_KNOWN_CODES = sorted(set(CODES) - _NOT_OF_ORDERS)
_DELAYS = (0.0, 0.0, 0.001, 0.05, 0.05, 0.5, 0.5, 3.0, 12.0, 40.0)
_LAYOUTS = ((0,), (0,), (0, 0), (0, 0), (0, 0, 0), (0, 1), (0, 0, 1))


def random_schedule(seed: int) -> Schedule:
    """The schedule of that number: orders first, then orders, faults and healing as chance has it."""
    chance = random.Random(seed)
    setup = Setup(
        accounts=chance.choice(_LAYOUTS),
        shared_journal=chance.random() < 0.6,
        limit=chance.choice([0, 300, 600]),
        policy=chance.choice(["tell", "cancel parent", "flatten"]),
    )
    steps = [_step(chance, chance.choice((_order, _order, _bracket))) for _ in range(chance.randint(1, 4))]
    for _ in range(chance.randint(3, 20)):
        kind = chance.choices((_ORDERS, _FAULTS, _MONEY_FAULTS, _HEALING), weights=(50, 14, 26, 10))[0]
        steps.append(_step(chance, chance.choice(kind)))
    return Schedule(tuple(steps), setup)


_Make = Callable[[random.Random], tuple[str, dict[str, Any]]]


def _step(chance: random.Random, make: _Make) -> Step:
    act, settings = make(chance)
    return Step(chance.choice(_DELAYS), act, tuple(settings.items()))


def _who(chance: random.Random) -> int:
    return chance.choice((0, 0, 1, 2))


def _symbol(chance: random.Random) -> str:
    return chance.choice(("AAPL", "AAPL", "AAPL", "MSFT"))


def _code(chance: random.Random) -> int:
    """Any code that can stand on an order's id, known or not."""
    code = chance.choice((chance.choice(_KNOWN_CODES), chance.randint(100, 20_000)))
    return _code(chance) if code in _NOT_OF_ORDERS else code


def _refusal(chance: random.Random) -> int:
    """Any but 202: it would say that the order is cancelled, which a refused change is not."""
    code = _code(chance)
    return _refusal(chance) if code == CANCELLED else code


def _terms(chance: random.Random) -> dict[str, Any]:
    return {
        "symbol": _symbol(chance),
        "side": chance.choice(("BUY", "SELL")),
        "quantity": chance.choice((chance.randint(1, 400), 100, 200)),
        "offset": chance.choice((None, -5, -1, 1, 5)),
    }


def _order(chance: random.Random) -> tuple[str, dict[str, Any]]:
    return "order", {"who": _who(chance), **_terms(chance)}


def _bracket(chance: random.Random) -> tuple[str, dict[str, Any]]:
    legs = {"profit": chance.choice((None, 3, 8)), "loss": chance.choice((3, 8))}
    return "bracket", {"who": _who(chance), **_terms(chance), **legs}


def _act(name: str, **settings: Callable[[random.Random], Any] | Any) -> _Make:
    """An act whose settings are drawn: a tuple is chosen from, a function asked, all else is as it is."""

    def make(chance: random.Random) -> tuple[str, dict[str, Any]]:
        return name, {key: _drawn(chance, value) for key, value in settings.items()}

    return make


def _drawn(chance: random.Random, value: Any) -> Any:
    if isinstance(value, tuple):
        return chance.choice(value)
    return value(chance) if callable(value) else value


def _size(chance: random.Random) -> int:
    return chance.randint(1, 400)


def _which(chance: random.Random) -> int:
    return chance.randint(0, 9)


def _fills(chance: random.Random) -> list[int]:
    return [chance.choice((chance.randint(1, 400), 400)) for _ in range(chance.randint(0, 3))]


_ORDERS: tuple[_Make, ...] = (
    _order,
    _order,
    _bracket,
    _bracket,
    _act("modify", who=_who, which=_which, offset=(-3, 2)),
    _act("resize", who=_who, which=_which, quantity=_size),
    _act("resize", who=_who, which=_which, quantity=_size),
    _act("cancel", who=_who, which=_which),
    _act("move", symbol=_symbol, price=lambda chance: chance.randint(90, 110), size=(50, 200, 1000)),
    _act("move", symbol=_symbol, price=lambda chance: chance.randint(90, 110), size=(50, 200, 1000)),
)
_FAULTS: tuple[_Make, ...] = (
    _act("reset"),
    _act("disconnect"),
    _act("freeze"),
    _act("restart", seconds=(1.0, 20.0), forget_ids=(0, 0, 2, 5)),
    _act("lose_link"),
    _act("restore_link", data_lost=(True, False)),
    _act("drop_orders", times=(1, 2), reset=(True, False)),
    _act("hold_orders"),
    _act("release_orders"),
    _act("farm_down"),
    _act("farm_up"),
    _act("show_commission", value=("-1.0", "1.7976931348623157E308", "", "-0.35")),
    _act("cut_after", bytes_sent=lambda chance: chance.randint(1, 3000)),
    _act("never_answer_login"),
    _act("hold_client_id", client_id=10, seconds=(3.0, 30.0)),
    _act("storm", every=4.0, seconds=60.0),
    _act("kill", who=_who),
    _act("kill", who=_who),
)
_MONEY_FAULTS: tuple[_Make, ...] = (
    _act("reject_next", code=_code, reason="no", times=(1, 2, 3)),
    _act("refuse_change", code=_refusal, reason="no", times=(1, 2, 3)),
    _act("refuse_change", code=_refusal, reason="no", times=(1, 2, 3)),
    _act(
        "reject_later",
        seconds=(0.001, 0.5, 20.0, 200.0),
        code=lambda chance: chance.choice((0, 201, _code(chance))),
        reason="thrown out",
        status=("Inactive", "Cancelled"),
        times=(1, 2),
        order_type=("", "LMT", "STP"),
    ),
    _act("withhold_executions", on=True, asked=(True, False)),
    _act("withhold_executions", on=False),
    _act("lose_execution", times=(1, 2, 3)),
    _act("shuffle", window=(2, 3, 4)),
    _act("duplicate", kinds=("OPEN_ORDER", "ORDER_STATUS", "EXECUTION"), times=(1, 2, 4)),
    _act("delay", seconds=(0.3, 7.0), kinds=("OPEN_ORDER", "ORDER_STATUS", "EXECUTION", "ERROR"), times=(1, 2, 4)),
    _act("away", who=_who, fills=_fills, midnight=(True, False)),
    _act("away", who=_who, fills=_fills, midnight=(True, False)),
    _act("midnight"),
    _act("lock", seconds=(0.5, 6.0, 14.0)),
    _act("lock", seconds=(0.5, 6.0, 14.0)),
    _act("fill_disk"),
    _act("fill_disk"),
    _act("cancel_all", who=_who),
    _act("by_hand", symbol=_symbol, side=("BUY", "SELL"), quantity=_size, offset=(None, -5, -1, 1, 5)),
    _act("change_by_hand", which=_which, quantity=_size),
)
_HEALING: tuple[_Make, ...] = (_act("heal"), _act("heal"), _act("wait", seconds=(30.0, 100.0)))
