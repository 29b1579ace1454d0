"""Scripted bad nights in virtual time: each ends in a correct state, with the right alerts in the right order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.operations.monitor.world import NEW_YORK, Gateway, World, new_york

from leanib.operations.book import OpenOrder
from leanib.operations.monitor import HOLDS, Do, MonitorState, Rules, Supervisor

TUESDAY = "2026-11-24"
MINUTE = timedelta(minutes=1)


def day(time: str = "10:00", mode: str = "paper", **more) -> World:
    """A world on a Tuesday that has run well for more than a quarter of an hour."""
    world = World(new_york(f"{TUESDAY} {time}"), mode, **more)
    world.run(world.now + 17 * MINUTE)
    assert world.is_trading()
    assert not world.delivered
    return world


def after(world: World, minutes: float) -> World:
    """The same, later."""
    world.run(world.now + minutes * MINUTE)
    return world


def test_a_quiet_day_asks_nothing_of_anybody():
    """No alert, no action besides asking for the account now and then."""
    world = after(day(), 8 * 60)
    assert world.actions() == []
    assert world.sent == 1
    assert world.positions == {"SPY": Decimal(1)}
    assert 20 < world.count(Do.ASK_BOOK) < 60


def test_gateway_killed():
    """It is started again, LEAN is silent, so it is started anew on a known account; no order is sent twice."""
    world = day()
    world.kill_gateway()
    after(world, 20)
    assert world.is_trading()
    assert world.actions() == [Do.START_GATEWAY, Do.STOP_LEAN, Do.REDEPLOY]
    assert world.keys == ["gateway-down", "-gateway-down", "lean-down", "-lean-down", "redeployed"]
    assert world.sent == 1


def test_gateway_killed_and_lean_reconnects_by_itself():
    """Then it is left alone."""
    world = day(reconnects=True)
    world.kill_gateway()
    after(world, 20)
    assert world.is_trading()
    assert world.actions() == [Do.START_GATEWAY]
    assert world.keys == ["gateway-down", "-gateway-down"]


def test_lean_killed():
    """It is started again within minutes, on what the account holds."""
    world = day()
    world.kill_lean(137)
    after(world, 5)
    assert world.is_trading()
    assert world.actions() == [Do.REDEPLOY]
    assert world.keys == ["lean-down", "-lean-down", "redeployed"]
    assert world.sent == 1


def test_both_killed():
    """First the Gateway, then LEAN."""
    world = day()
    world.kill_gateway()
    world.kill_lean(137)
    after(world, 10)
    assert world.is_trading()
    assert world.actions() == [Do.START_GATEWAY, Do.REDEPLOY]
    assert world.sent == 1


def test_network_cut_for_twenty_minutes():
    """Nothing is restarted that a restart does not mend; afterwards LEAN must log in again or is started anew."""
    world = day(rules=Rules(network_patience=timedelta(hours=1)))
    world.gateway.on_network = False
    after(world, 20)
    assert world.actions() == []
    world.gateway.on_network = True
    after(world, 12)
    assert world.is_trading()
    assert world.actions() == [Do.STOP_LEAN, Do.REDEPLOY]
    assert world.keys[:2] == ["network-cut", "-network-cut"]
    assert world.sent == 1


def test_internet_cut_for_twenty_minutes():
    """1100: the link restores itself, LEAN's socket stays whole; a person is told once, nothing is restarted."""
    world = day()
    world.gateway.link_lost = True
    after(world, 20)
    world.gateway.link_lost = False
    after(world, 10)
    assert world.is_trading()
    assert world.actions() == []
    assert world.keys == ["link-lost", "-link-lost"]


def test_second_factor_confirmed_late():
    """One alert with the time to the opening, no login loop; asked again before the market opens; then it trades."""
    world = World(new_york("2026-11-28 12:00"), "live")
    for moment in ("2026-11-28 23:55", "2026-11-29 23:55"):
        world.at(new_york(moment), world.restart_gateway_softly)
    world.at(new_york("2026-11-29 01:00"), world.needs_login)
    world.confirms = lambda asked: asked >= new_york("2026-11-30 09:00")
    world.run(new_york("2026-11-30 10:30"), 30)
    assert world.is_trading()
    pushes = [at.astimezone(NEW_YORK).strftime("%a %H:%M") for at, one in world.done if one.do is Do.RESTART_GATEWAY]
    assert pushes == ["Mon 08:30", "Mon 09:10"]
    told = [key for key in world.critical if not key.startswith("lean")]
    assert told == ["login-needed", "login-asked-again", "not-ready-for-open", "login-asked-again"]
    assert world.keys[0] == "login-due"
    assert "redeployed" in world.keys
    first = next(one for one in world.delivered if one.key == "login-needed")
    assert "phone" in first.text
    assert "opens in 32 h" in first.text


def test_disk_full():
    """LEAN is stopped in order; one alert names the step; nothing is started before a person says so."""
    world = day()
    world.free = 1024
    after(world, 60)
    assert world.actions() == [Do.STOP_LEAN, Do.HOLD]
    assert world.critical == ["disk-full"]
    assert "free disk space" in world.delivered[0].text
    world.free = 10 * 1024**3
    after(world, 60)
    assert not world.lean.running
    assert world.actions() == [Do.STOP_LEAN, Do.HOLD]


def test_wrong_password_after_a_change():
    """One refused login, no second; Gateway and LEAN are stopped; one alert names the step."""
    world = day()
    world.gateway.bad_password = True
    world.kill_gateway()
    after(world, 120)
    assert world.actions() == [Do.START_GATEWAY, Do.STOP_GATEWAY, Do.STOP_LEAN, Do.HOLD]
    assert world.critical == ["wrong-password"]
    assert "TWS_PASSWORD" in world.hold


def test_a_hold_ends_when_a_person_starts_lean_anew():
    """The alert is resolved, and the budgets begin again."""
    world = day()
    world.gateway.bad_password = True
    world.kill_gateway()
    after(world, 30)
    world.gateway = Gateway(started_at=world.now, logged_in_at=world.now)
    world.lean.number += 1
    world.lean.running, world.lean.connected = True, True
    world.lean.facts = world._fresh_facts(world.now)
    after(world, 5)
    assert world.is_trading()
    assert not set(world.supervisor.state.conditions) & set(HOLDS)
    assert world.keys[-1] in ("-wrong-password", "redeployed", "-gateway-down")


def test_the_user_logs_in_from_a_phone():
    """The Gateway comes back once and is thrown out again: then it gives way; never a restart against the person."""
    world = day("20:00")
    for _ in range(2):
        world.gateway.hint, world.gateway.logged_in_at = "existing-session", None
        after(world, 2)
        if world.supervisor.state.phase != "held":
            world.gateway.hint, world.gateway.logged_in_at = "", world.now
            after(world, 2)
    after(world, 60)
    assert world.actions() == [Do.STOP_GATEWAY, Do.STOP_LEAN, Do.HOLD]
    assert world.critical == ["session-elsewhere"]
    assert "log out there" in world.hold


def test_a_sunday_reset():
    """Nobody logs in during the weekend's and the nights' resets; Monday's opening finds it trading."""
    world = World(new_york("2026-11-27 20:00"))
    world.at(new_york("2026-11-27 23:05"), lambda: setattr(world.gateway, "link_lost", True))
    world.at(new_york("2026-11-28 02:40"), lambda: setattr(world.gateway, "link_lost", False))
    world.at(new_york("2026-11-29 00:20"), lambda: setattr(world.gateway, "link_lost", True))
    world.at(new_york("2026-11-29 01:30"), lambda: setattr(world.gateway, "link_lost", False))
    world.at(new_york("2026-11-28 23:55"), world.restart_gateway_softly)
    world.at(new_york("2026-11-30 00:30"), world.kill_gateway)
    world.run(new_york("2026-11-30 09:30"), 30)
    assert world.is_trading()
    assert world.critical == []
    assert world.count(Do.REDEPLOY) == 2
    started = next(at for at, one in world.done if one.do is Do.START_GATEWAY)
    assert started.astimezone(NEW_YORK).strftime("%H:%M") == "01:45"


def test_a_half_day():
    """On the day after Thanksgiving the market closes at 13:00: what happens later is no emergency."""
    world = World(new_york("2026-11-27 10:00"))
    world.run(new_york("2026-11-27 13:30"))
    world.kill_lean(137)
    world.run(new_york("2026-11-27 14:00"))
    assert world.is_trading()
    assert world.critical == []
    assert world.keys == ["lean-down", "-lean-down", "redeployed"]


def test_the_nightly_restart_of_the_gateway():
    """It is never repaired while it repairs itself; LEAN, silent afterwards, is started anew."""
    world = day("23:30")
    world.at(new_york(f"{TUESDAY} 23:55"), world.restart_gateway_softly)
    world.run(new_york("2026-11-25 09:30"), 30)
    assert world.is_trading()
    assert Do.RESTART_GATEWAY not in world.actions()
    assert world.actions() == [Do.STOP_LEAN, Do.REDEPLOY]
    assert world.critical == []


def test_a_storm_of_1100_that_never_ends():
    """The deadline runs from the first sign, inside the reset window as outside of it."""
    world = day("23:45")
    world.at(new_york("2026-11-25 00:20"), lambda: setattr(world.gateway, "link_lost", True))
    world.run(new_york("2026-11-25 02:00"))
    told = next(one for one in world.delivered if one.key == "link-lost")
    assert told.at.astimezone(NEW_YORK).strftime("%H:%M") == "01:45"
    world.run(new_york("2026-11-25 09:30"))
    assert world.count(Do.SOFT_RESTART_GATEWAY) == 1
    assert world.count(Do.RESTART_GATEWAY) == 0
    assert world.is_trading()


def test_a_gateway_that_answers_no_more():
    """The port is open, the API dead: it restarts itself once, without a login."""
    world = day()
    world.gateway.wedged = True
    after(world, 15)
    assert world.actions() == [Do.SOFT_RESTART_GATEWAY, Do.STOP_LEAN, Do.REDEPLOY]
    assert world.is_trading()


def test_a_gateway_that_no_restart_heals():
    """The pace slows down, the budget ends it but for a last try before the opening, and a person is told."""
    world = day()
    world.gateway.wedged, world.gateway.heals_by_restart = True, False
    after(world, 240)
    assert world.count(Do.RESTART_GATEWAY) <= 8
    assert "gateway-unhealed" in world.critical


def test_a_container_that_restarts_in_a_loop_is_stopped_before_ib_locks_the_user():
    """Docker or the image's own script logs in again and again."""
    world = day()
    world.gateway.wedged = True
    for minute in range(0, 12, 2):
        world.at(world.now + minute * MINUTE, lambda: setattr(world.gateway, "started_at", world.now))
    after(world, 30)
    assert world.actions()[:2] == [Do.STOP_GATEWAY, Do.STOP_LEAN]
    assert world.critical == ["too-many-logins"]


def test_an_error_of_the_strategy_is_not_started_again():
    """The alert has LEAN's words."""
    world = day()
    world.kill_lean(1, "runtime-error", "Runtime Error: division by zero")
    after(world, 30)
    assert world.actions() == [Do.HOLD]
    assert world.critical == ["strategy-error"]
    assert "division by zero" in world.delivered[0].text


def test_an_order_without_an_answer_is_a_persons_case():
    """A fresh start might send it again."""
    world = day()
    world.kill_lean(1, "order-unanswered", "NoBrokerageResponse")
    after(world, 30)
    assert world.actions() == [Do.HOLD]
    assert world.critical == ["order-unanswered"]


def test_lean_that_ended_on_purpose_stays_so():
    """Exit code 0: `lean live stop`, or `quit` in the algorithm."""
    world = day()
    world.kill_lean(0, "stopped", "Algorithm Stopped", ended=True)
    after(world, 30)
    assert world.actions() == [Do.ENDED]
    assert world.keys == ["lean-ended"]
    assert world.wanted == "stopped"


def test_out_of_memory_is_started_again_once():
    """Never twice for the same error."""
    world = day()
    for _ in range(2):
        world.kill_lean(137)
        world.lean.out_of_memory = True
        after(world, 10)
    assert world.actions() == [Do.REDEPLOY, Do.HOLD]
    assert world.critical[-1] == "same-error-twice"


def test_the_budget_of_redeployments():
    """Three a day, then a person."""
    world = day()
    for _ in range(4):
        world.kill_lean(137)
        after(world, 10)
    assert world.count(Do.REDEPLOY) == 3
    assert world.critical[-1] == "too-many-redeploys"
    assert not world.lean.running


def test_lean_gave_up_after_a_disconnection():
    """Fifteen minutes in market hours; started again once the Gateway is well."""
    world = day()
    world.kill_gateway()
    world.gateway.heals_by_restart = False
    after(world, 15)
    world.kill_lean(1, "connection", "Still disconnected, goodbye.")
    world.gateway.heals_by_restart = True
    after(world, 40)
    assert world.is_trading()
    assert world.sent == 1


def test_a_loop_that_hangs():
    """Told after two minutes, ended after ten; LEAN's own limit is twenty."""
    world = day()
    world.lean.hangs_since = world.now
    after(world, 20)
    assert world.keys[:2] == ["lean-stuck", "lean-down"]
    assert world.actions() == [Do.STOP_LEAN, Do.REDEPLOY]
    assert world.is_trading()


def test_a_second_gateway_inside_lean():
    """The tripwire: stopped at once."""
    world = day()
    world.lean.facts.own_gateway = True
    after(world, 5)
    assert world.actions() == [Do.STOP_LEAN, Do.HOLD]
    assert world.critical == ["second-gateway"]


def test_another_account():
    """The Gateway came back as somebody else."""
    world = day()
    world.gateway.account = False
    after(world, 5)
    assert world.actions() == [Do.STOP_LEAN, Do.HOLD]
    assert world.critical == ["wrong-account"]


def test_an_answer_that_is_not_whole_starts_nothing():
    """Unknown is not empty; a person is told after ten minutes."""
    world = day()
    from leanib.operations.book import Book

    world._answer = lambda: setattr(world, "book", Book(world.now, reason="no complete answer about positions"))
    world.kill_lean(137)
    after(world, 30)
    assert not world.lean.running
    assert world.count(Do.REDEPLOY) == 0
    assert "book-unknown" in world.critical


def test_fills_while_lean_was_away_are_told():
    """LEAN never asks for them; the timeline has them, and the position."""
    world = day()
    world.kill_lean(137)
    world.positions, world.fills = {"SPY": Decimal(3)}, {**world.fills, "late": "bought 2 SPY at 401"}
    after(world, 5)
    notes = [note for _, note in world.timeline]
    assert "filled meanwhile: bought 2 SPY at 401" in notes
    assert "position SPY: 1 before, 3 now" in notes
    assert world.is_trading()


def test_with_real_money_orders_left_open_are_a_persons_case():
    """On paper LEAN takes them over."""
    for mode, expected in (("live", "orders-left"), ("paper", None)):
        world = day(mode=mode)
        world.kill_lean(137)
        world.orders = (OpenOrder(0, 9, "SPY", "SELL", "1", "LMT at 500"),)
        after(world, 5)
        assert (world.critical[-1:] == [expected]) if expected else world.is_trading()


def test_with_real_money_a_position_that_nobody_can_explain_is_a_persons_case():
    """It may have been opened elsewhere, or be a fill that IB does not tell of any more."""
    world = day(mode="live")
    world.kill_lean(137)
    world.positions = {"SPY": Decimal(7)}
    after(world, 5)
    assert world.critical[-1] == "positions-differ"
    assert world.count(Do.REDEPLOY) == 0


def test_holdings_that_lean_counts_twice():
    """Twelve for six: it is stopped before it trades on them."""
    world = day()
    world.kill_lean(137)
    redeploy = world._redeploy

    def doubled() -> None:
        redeploy()
        world.lean.facts.holdings = {"SPY": Decimal(2)}

    world._redeploy = doubled
    after(world, 5)
    assert world.critical[-1] == "holdings-differ"
    assert not world.lean.running


def test_a_start_that_fails_twice_in_the_same_way():
    """Tried once more, then held."""
    world = day()
    world._redeploy = lambda: setattr(world, "failure", "the lean CLI did not start LEAN: no such image")
    world.kill_lean(137)
    after(world, 20)
    assert world.count(Do.REDEPLOY) == 2
    assert world.critical[-1] == "same-error-twice"


def test_lean_that_does_not_leave_is_killed():
    """A stop has a deadline; the person is told that orders may be open."""
    world = day()
    do = world._do
    world._do = lambda action: None if action.do is Do.STOP_LEAN else do(action)
    world.lean.hangs_since = world.now
    after(world, 20)
    assert world.actions()[:3] == [Do.STOP_LEAN, Do.KILL_LEAN, Do.REDEPLOY]


def test_the_monitor_is_killed_and_started_again():
    """In every minute of a night it can die and go on: nothing is done twice, the end is the same."""
    for minute in range(14):
        world = day()
        world.kill_gateway()
        world.kill_lean(137)
        after(world, minute)
        kept = json.loads(json.dumps(world.supervisor.state.as_dict()))
        desk = world.supervisor.desk
        world.supervisor = Supervisor(desk.rules, desk.windows, desk.market, MonitorState.from_dict(kept))
        after(world, 16 - minute)
        assert world.is_trading(), minute
        assert world.count(Do.REDEPLOY) == 1, minute
        assert world.sent == 1


def test_nothing_is_done_when_a_person_stopped_the_algorithm():
    """The Gateway may go too."""
    world = day()
    world.wanted = "stopped"
    world.kill_lean(0)
    world.kill_gateway()
    after(world, 60)
    assert world.actions() == []
    assert world.delivered == []


@pytest.mark.parametrize("mode", ["paper", "live"])
def test_what_is_remembered_survives_json(mode):
    """Every field."""
    world = day(mode=mode)
    world.kill_gateway()
    world.kill_lean(137)
    after(world, 3)
    state = world.supervisor.state
    assert MonitorState.from_dict(json.loads(json.dumps(state.as_dict()))) == state


def test_a_login_loop_inside_the_container_is_stopped():
    """Its own script tries again and again, without a new start of the container: the log alone tells."""
    world = day()
    world.gateway.wedged = True
    sight = world.sight
    world.sight = lambda: replace(sight(), gateway=replace(sight().gateway, login_tries=4))
    after(world, 5)
    assert world.actions()[:2] == [Do.STOP_GATEWAY, Do.STOP_LEAN]
    assert world.critical == ["too-many-logins"]


def test_a_gateway_that_comes_back_within_a_second_counts_as_away():
    """Docker started it again between two looks: LEAN's socket is gone all the same, and LEAN must log in again."""
    world = day()
    world.gateway.started_at, world.gateway.logged_in_at = world.now, world.now
    world.lean.connected = False
    after(world, 10)
    assert world.is_trading()
    assert world.actions() == [Do.STOP_LEAN, Do.REDEPLOY]
    assert world.sent == 1


def test_nothing_is_done_while_a_persons_command_is_at_work_on_lean():
    """`leanib redeploy` stops and starts it: the monitor waits for the end of that."""
    world = day()
    sight, busy = world.sight, [True]
    world.sight = lambda: replace(sight(), busy=busy[0])
    world.kill_lean(137)
    after(world, 10)
    assert world.actions() == []
    assert world.delivered == []
    busy[0] = False
    after(world, 5)
    assert world.actions() == [Do.REDEPLOY]


def test_what_the_journals_say_and_ib_does_not_is_told_and_with_real_money_asked_about():
    """An order that LEAN calls open and of which IB knows nothing may be unborn: a fresh start may send it again."""
    for mode, held in (("paper", False), ("live", True)):
        world = day(mode=mode)
        sight = world.sight
        doubt = "LEAN's order 7 (1 SPY) was submitted by its own results, and IB knows neither it nor a fill of it"
        world.sight = lambda sight=sight, doubt=doubt: replace(sight(), doubts=(doubt,))
        world.kill_lean(137)
        after(world, 5)
        assert doubt in " ".join(note for _, note in world.timeline)
        assert (world.critical[-1] == "orders-unknown") if held else world.is_trading()
        assert world.lean.running is not held


def test_a_gateway_that_holds_leans_client_id_for_a_dead_connection():
    """After a network that was cut: a new LEAN would get 326; the Gateway restarts itself, without a login."""
    world = day()
    held = [True]
    sight, do = world.sight, world._do
    world.sight = lambda: replace(sight(), lean_id_free=not held[0])

    def freed(action) -> None:
        if action.do is Do.SOFT_RESTART_GATEWAY:
            held[0] = False
        do(action)

    world._do = freed
    world.kill_lean(137)
    after(world, 15)
    assert world.actions() == [Do.SOFT_RESTART_GATEWAY, Do.REDEPLOY]
    assert world.is_trading()
    assert world.keys.index("client-id-held") < world.keys.index("-client-id-held")


def test_a_client_id_that_nothing_frees_is_a_persons_case():
    """Another program has it: two restarts, then the step that is theirs."""
    world = day()
    sight = world.sight
    world.sight = lambda: replace(sight(), lean_id_free=False)
    world.kill_lean(137)
    after(world, 60)
    assert world.count(Do.SOFT_RESTART_GATEWAY) == 2
    assert world.count(Do.REDEPLOY) == 0
    assert world.critical[-1] == "gateway-keeps-id"
    assert "client id 0" in world.hold


def test_a_disk_that_fills_up_slowly_is_told_before_it_is_full():
    """A warning first; then one alert that names the step, and no other about the same disk."""
    world = day()
    world.free = 500 * 1024**2
    after(world, 10)
    assert world.keys == ["disk-low"]
    world.free = 50 * 1024**2
    after(world, 60)
    assert world.keys == ["disk-low", "disk-full"]
    world = day()
    world.free = 50 * 1024**2
    after(world, 60)
    assert world.keys == ["disk-full"]


def test_a_hold_that_a_full_disk_did_not_take_is_on_record_once_there_is_room():
    """One alert all the same, and nothing is started meanwhile or afterwards."""
    world = day()
    do = world._do
    world._do = lambda action: None if action.do is Do.HOLD and world.free < 10**6 else do(action)
    world.free = 0
    after(world, 20)
    assert (world.hold, world.critical) == ("", ["disk-full"])
    world.free = 10 * 1024**3
    after(world, 1)
    assert "free disk space" in world.hold
    after(world, 30)
    assert world.critical == ["disk-full"]
    assert not world.lean.running
    assert world.count(Do.REDEPLOY) == 0


def test_restarts_of_another_outage_do_not_count_for_a_client_id_that_is_held():
    """The Gateway was killed twice a few minutes ago: all the same it is asked to free the id before a person is."""
    world = day()
    for _ in range(2):
        world.kill_gateway()
        after(world, 4)
    held, sight, do = [True], world.sight, world._do
    world.sight = lambda: replace(sight(), lean_id_free=not held[0])

    def freed(action) -> None:
        held[0] = held[0] and action.do is not Do.SOFT_RESTART_GATEWAY
        do(action)

    world._do = freed
    after(world, 15)
    assert world.is_trading()
    assert Do.HOLD not in world.actions()
