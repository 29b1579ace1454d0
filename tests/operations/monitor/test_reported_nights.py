"""Nights that users of LEAN, of IB Gateway and of its images have reported, in virtual time.

Each is a row of the table in docs/failure-modes.md; those that `test_bad_nights.py` holds already are not repeated.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.operations.monitor.test_bad_nights import MINUTE, TUESDAY, after, day
from tests.operations.monitor.world import NEW_YORK, World, new_york

from leanib.ib.alerts import Severity
from leanib.operations.book import OpenOrder
from leanib.operations.monitor import Do


def clock(world: World, do: Do) -> list[str]:
    """When something was done, on New York's clock."""
    return [at.astimezone(NEW_YORK).strftime("%a %H:%M") for at, one in world.done if one.do is do]


def test_orders_refused_while_disconnected_are_one_alert_at_the_first():
    """For three days LEAN wrote `PlaceOrderWhenDisconnected` and nobody was told."""
    world = day()
    world.lean.facts.blind = "PlaceOrderWhenDisconnected: Orders cannot be submitted when disconnected."
    after(world, 60)
    assert world.critical == ["lean-blind"]
    assert "trades without a connection" in world.delivered[0].text


def test_a_disconnection_before_the_opening_is_told_with_the_time_that_is_left():
    """Fourteen hours from Monday's opening on; here a person hears of it half an hour before it."""
    world = World(new_york("2026-11-29 20:00"))
    world.run(new_york("2026-11-30 08:00"), 60)
    world.gateway.wedged, world.gateway.heals_by_restart = True, False
    world.run(new_york("2026-11-30 09:25"), 15)
    told = next(one for one in world.delivered if one.key == "not-ready-for-open")
    assert new_york("2026-11-30 09:00") <= told.at <= new_york("2026-11-30 09:05")
    assert "the market opens in 2" in told.text or "opens in 30 min" in told.text
    assert "gateway-down" in told.text


def test_lean_that_ends_in_a_reset_window_is_started_once_and_after_it():
    """A blip at 00:15, a request, `not connected state`, exit: nothing is tried before the window is over."""
    world = day("23:30")
    world.at(new_york(f"{TUESDAY} 23:55"), world.restart_gateway_softly)

    def blip() -> None:
        world.gateway.link_lost = True
        text = "Unexpected, not connected state. Unable to connect to Interactive Brokers. Terminating algorithm."
        world.kill_lean(1, "connection", text)

    world.at(new_york("2026-11-25 00:20"), blip)
    world.at(new_york("2026-11-25 00:50"), lambda: setattr(world.gateway, "link_lost", False))
    world.run(new_york("2026-11-25 03:00"))
    assert world.is_trading()
    (redeployed, *more) = [one for one in clock(world, Do.REDEPLOY) if one > "Wed 00:15"]
    assert (redeployed, more) == ("Wed 01:45", [])
    assert world.critical == []
    assert world.sent == 0


def test_a_fill_that_passed_lean_by_is_found_after_the_connection_is_back():
    """Lost at a 1100 in the opening auction: LEAN is started anew on what the account holds, and told once."""
    world = day(reconnects=True)
    world.gateway.link_lost = True
    after(world, 3)
    world.gateway.link_lost = False
    world.positions, world.fills = {"SPY": Decimal(3)}, {**world.fills, "late": "bought 2 SPY at 401"}
    world.differences = ("LEAN counts 1 SPY, the account holds 3",)
    after(world, 6)
    assert world.is_trading()
    assert world.actions() == [Do.STOP_LEAN, Do.REDEPLOY]
    assert world.keys == ["lean-down", "-lean-down", "redeployed"]
    assert "a fill passed LEAN by (LEAN counts 1 SPY, the account holds 3)" in world.delivered[0].text
    assert world.lean.facts.holdings == {"SPY": Decimal(3)}


def test_a_fill_under_way_is_no_difference():
    """Seen once and gone a minute later: LEAN is left alone."""
    world = day()
    world.differences = ("LEAN counts 1 SPY, the account holds 2",)
    world.at(world.now + 14 * MINUTE, lambda: setattr(world, "differences", ()))
    seen = world.count(Do.ASK_BOOK)
    while world.count(Do.ASK_BOOK) == seen:
        after(world, 0.25)
    world.differences = ()
    after(world, 60)
    assert world.actions() == []
    assert world.delivered == []


def test_orders_of_other_programs_are_told_before_a_start_and_with_real_money_asked_about():
    """LEAN takes them for its own, cannot cancel them, and its guards count them: two days without an order."""
    for mode in ("paper", "live"):
        world = day(mode=mode)
        world.kill_lean(137)
        world.orders = (OpenOrder(12, 9, "SPY", "SELL", "1", "LMT at 500"),)
        after(world, 5)
        notes = " ".join(note for _, note in world.timeline)
        assert "1 open orders are of other programs (client 12's SELL 1 SPY LMT at 500)" in notes
        assert (world.critical[-1:] == ["orders-left"]) if mode == "live" else world.is_trading()
        if mode == "live":
            assert "leanib order cancel" in world.hold


def test_the_embedded_engine_takes_up_orders_of_its_own_client_id():
    """It knows them by its journal, so nobody is asked."""
    world = day(mode="live")
    world.engine = "embedded"
    world.kill_lean(137)
    world.orders = (OpenOrder(1, 9, "SPY", "SELL", "1", "LMT at 500"),)
    after(world, 5)
    assert world.is_trading()


def test_the_weekly_login_is_announced_asked_for_and_its_absence_told_before_the_opening():
    """A week's login was skipped by milliseconds and missed a week later; every Monday dead: it has a date here."""
    world = World(new_york("2026-11-28 10:00"), "live")
    world.at(new_york("2026-11-29 01:00"), world.needs_login)
    world.run(new_york("2026-11-30 09:30"), 30)
    assert world.keys[0] == "login-due"
    due = next(one for one in world.delivered if one.key == "login-due")
    assert due.at <= new_york("2026-11-28 22:00")
    assert [key for key in world.critical if not key.startswith("lean")] == [
        "login-needed", "login-asked-again", "not-ready-for-open", "login-asked-again",
    ]  # fmt: skip
    pushes = [at for at, one in world.done if one.do is Do.RESTART_GATEWAY]
    assert all(later - earlier >= 10 * MINUTE for earlier, later in itertools.pairwise(pushes))
    assert not world.is_trading()


@pytest.mark.parametrize(("hour", "severity"), [("10:00", Severity.CRITICAL), ("19:00", Severity.WARNING)])
def test_silent_data_are_told_once_with_their_reason(hour, severity):
    """A competing session took the data for a day, and the strategy waited in silence."""
    world = day(hour)
    said = "Brokerage.OnMessage(): Warning - Code: 10197 - No market data during competing live session"
    for minute in range(0, 60, 15):

        def repeat() -> None:
            world.lean.facts = replace(world.lean.facts, no_data_at=world.now, no_data=said)

        world.at(world.now + minute * MINUTE, repeat)
    after(world, 60)
    assert world.keys == ["lean-no-data"]
    assert world.delivered[0].severity is severity
    assert "competing live session" in world.delivered[0].text
    after(world, 40)
    assert world.keys == ["lean-no-data", "-lean-no-data"]
    assert world.actions() == []


def test_a_gateway_that_ran_out_of_memory_is_started_and_the_setting_is_named():
    """Java alive in a machine of 1 GB, frozen, then dead at 05:00."""
    world = day()
    world.kill_gateway()
    sight = world.sight
    world.sight = lambda: replace(sight(), gateway=replace(sight().gateway, out_of_memory=True))
    after(world, 20)
    assert "IB_GATEWAY_MEMORY" in world.delivered[0].text
    assert world.is_trading()


def test_lean_that_ends_after_the_gateway_came_back_is_started_again():
    """Killed by its own countdown after a weekend's reconnection that had worked."""
    world = World(new_york("2026-11-28 20:00"), reconnects=True)
    world.at(new_york("2026-11-28 23:55"), world.restart_gateway_softly)
    world.at(new_york("2026-11-29 00:30"), lambda: world.kill_lean(1, "connection", "Still disconnected, goodbye."))
    world.run(new_york("2026-11-29 08:00"), 30)
    assert world.is_trading()
    assert len(clock(world, Do.REDEPLOY)) == 1
    assert "Sun 01:45" <= clock(world, Do.REDEPLOY)[0] <= "Sun 01:47"
    assert world.sent == 0


def test_a_forwarder_that_died_is_seen_from_outside_and_ends_with_the_container_restarted():
    """`Address already in use`: the Gateway is well inside and nobody reaches it. IBC's restart does not help."""
    world = day()
    world.gateway.cut = True
    restart = world._restart_gateway

    def restarted(*, softly: bool = False) -> None:
        world.gateway.cut = softly
        restart(softly=softly)

    world._restart_gateway = restarted
    after(world, 30)
    assert [one for one in world.actions() if "GATEWAY" in one.name] == [Do.SOFT_RESTART_GATEWAY, Do.RESTART_GATEWAY]
    assert world.is_trading()
    assert world.critical == [] or set(world.critical) == {"lean-down"}


def test_a_start_that_needs_the_second_factor_at_night_is_one_login_and_a_person_is_asked_in_the_morning():
    """No autorestart file, or IBKR distrusts it: the path is Sunday's, and no login is tried in a loop."""
    world = day("02:30", mode="live")
    world.at(new_york(f"{TUESDAY} 05:17"), world.kill_gateway)
    world.confirms = lambda asked: asked >= new_york(f"{TUESDAY} 08:00")
    world.run(new_york(f"{TUESDAY} 10:00"))
    assert world.is_trading()
    assert clock(world, Do.START_GATEWAY) == ["Tue 05:18"]
    assert clock(world, Do.RESTART_GATEWAY) == ["Tue 08:30"]
    assert [key for key in world.critical if key != "lean-down"] == ["login-needed", "login-asked-again"]
    assert world.sent == 1


def test_a_shutdown_on_a_saturday_is_undone_and_no_emergency():
    """IBKR promises nothing on Saturdays; the cold restart stopped and did not come back."""
    world = World(new_york("2026-11-28 02:00"))
    world.at(new_york("2026-11-28 02:30"), world.kill_gateway)
    world.run(new_york("2026-11-28 06:00"), 30)
    assert world.is_trading()
    assert clock(world, Do.START_GATEWAY) == ["Sat 03:00"]  # when the weekend's reset is over
    assert world.critical == []


def test_a_blip_that_heals_within_the_grace_changes_nothing():
    """A watchdog restarted a healthy application for ever: here one that comes back by itself is left alone."""
    world = day(reconnects=True)
    for _ in range(5):
        world.gateway.wedged = True
        after(world, 0.75)
        world.gateway.wedged = False
        after(world, 4)
    assert world.actions() == []
    assert world.delivered == []
    assert world.is_trading()


def test_silence_counts_and_not_what_the_results_say():
    """`Running` stood in the results six days after the end: here the age of the last sign decides."""
    world = day()
    wedged = world.now
    world._connect = lambda: None  # no line of the log any more
    sight = world.sight
    stale = lambda one: replace(one, results_at=wedged)  # noqa: E731
    world.sight = lambda: replace(sight(), lean=stale(sight().lean)) if world.lean.number == 1 else sight()
    after(world, 5)
    del world._connect
    after(world, 5)
    assert world.actions()[:2] == [Do.STOP_LEAN, Do.REDEPLOY]
    assert "no sign of life" in world.delivered[0].text
    assert world.done[0][0] - wedged < timedelta(minutes=20)
