"""Told to stop, a program stops: within seconds, whoever says it and whatever it is waiting for."""

from __future__ import annotations

import ast
import asyncio
import gc
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.faults import playing
from tests.faults.schedules import Schedule, Step
from tests.faults.world import Services, World, play

import leanib
from leanib.errors import UsageError
from leanib.ib import Change, IBConnectionManager, load_settings
from leanib.ib.connection import IBConnection
from leanib.ib.errors import IBError
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator", "play"]

Play = Callable[..., World]
SOON = timedelta(seconds=30)


def test_a_cut_answer_and_a_kill_in_the_same_moment_end_the_owner(play: Play) -> None:
    """A request that fails in the very tick in which it is cancelled does not dial again."""
    schedule = [
        Step(40.0, "cut_after", (("bytes_sent", 388),)),
        Step(0.05, "disconnect"),
        Step(0.001, "kill", (("who", 0),)),
    ]
    play(lambda world: playing.play(world, Schedule(tuple(schedule))))


def test_no_place_waits_with_what_swallows_a_cancellation() -> None:
    """`asyncio.wait_for` of Python 3.11 does, where what it awaits fails in that tick; `asyncio.timeout` does not."""
    source = Path(leanib.__file__).parent
    found = [
        f"{path.relative_to(source)}:{node.lineno}"
        for path in sorted(source.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "wait_for" and ast.unparse(node.value) == "asyncio"
    ]
    assert found == []


@pytest.mark.parametrize("bytes_sent", range(300, 480, 12))
def test_a_stop_at_any_byte_of_an_answer_ends_it(play: Play, bytes_sent: int) -> None:
    """After stop() has returned nothing of the program is left, and nobody logs in again."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        await program.ready(within=30)
        world.sim.faults.inject("cut_after", bytes_sent=bytes_sent)
        world.sim.faults.inject("disconnect")
        await asyncio.sleep(0.05)
        async with asyncio.timeout(SOON.total_seconds()):
            await program.stop()
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert not {name for name in names if name.startswith("ib-")}
        before = len(world.sim.gateway.sessions)
        await asyncio.sleep(300)
        assert len(world.sim.gateway.sessions) <= before

    play(scenario)


@pytest.mark.parametrize("question", ["ALL_OPEN_ORDERS", "COMPLETED_ORDERS", "EXECUTIONS", "POSITIONS"])
def test_a_kill_in_the_tick_in_which_the_connection_is_lost_dials_no_more(play: Play, question: str) -> None:
    """While it compares everything with IB, at each of its questions: it ends, and nobody logs in again."""

    async def scenario(world: World) -> None:
        world.sim.faults.drop_requests(question)
        program = world.program()
        starting = asyncio.create_task(program.start())
        await asyncio.sleep(5)
        assert program.connection.state.is_ready
        async with asyncio.timeout(SOON.total_seconds()):
            await program.kill()  # gives the connection up and stops, without a tick between
            await asyncio.gather(starting, return_exceptions=True)
        await asyncio.sleep(300)
        assert [session for session in world.sim.gateway.sessions if session.client_id == 10] == []
        assert not {name for task in asyncio.all_tasks() if (name := task.get_name()).startswith("ib-")}

    play(scenario)


def test_stopping_twice_and_at_once_ends_once(play: Play) -> None:
    """Two stops at the same time, and one more later, return."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        async with asyncio.timeout(SOON.total_seconds()):
            await asyncio.gather(program.connection.stop(), program.connection.stop())
            await program.connection.stop()

    play(scenario)


def test_a_listener_may_stop_the_connection(play: Play) -> None:
    """From inside a callback of the connection itself."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        await program.ready(within=30)
        stopping: list[asyncio.Task[None]] = []
        program.orders.changed.connect(lambda _: stopping.append(asyncio.create_task(program.connection.stop())))
        world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=100, ask_size=100)
        await program.buy(1)
        await asyncio.sleep(5)
        assert stopping
        async with asyncio.timeout(SOON.total_seconds()):
            await asyncio.gather(*stopping)
        assert not program.connection.state.is_ready
        await asyncio.sleep(300)
        assert list(world.sim.gateway.sessions) == []
        assert not {t.get_name() for t in asyncio.all_tasks() if t.get_name().startswith("ib-")}

    play(scenario)


@pytest.mark.parametrize("moment", ["state", "alert", "error"])
def test_a_listener_that_stops_the_connection_while_it_starts_ends_the_start(play: Play, moment: str) -> None:
    """At the first word of its kind: the start says that it was stopped, and nobody dials again."""

    async def scenario(world: World) -> None:
        program = world.program()
        connection = program.connection
        stopping: list[asyncio.Task[None]] = []

        def listener(*_: Any) -> None:
            if not stopping:
                stopping.append(asyncio.create_task(connection.stop()))

        if moment == "state":
            connection.messages.state.connect(listener)
        elif moment == "error":
            connection.messages.error.connect(listener)
        else:
            connection._alert_sink = listener
            world.sim.faults.require_login()
        async with asyncio.timeout(3 * SOON.total_seconds()):
            with pytest.raises(IBError, match="stopped before it was there"):
                await connection.start()
            await asyncio.gather(*stopping)
        world.sim.faults.clear()
        await asyncio.sleep(300)
        assert list(world.sim.gateway.sessions) == []
        assert not {t.get_name() for t in asyncio.all_tasks() if t.get_name().startswith("ib-")}

    play(scenario)


class _Stopper:
    """A service that stops the connection, and waits until it has stopped, when it is asked for something."""

    def __init__(self, connection: IBConnection, moment: str) -> None:
        self.connection, self.moment = connection, moment
        self.stopped = False

    async def _at(self, moment: str) -> None:
        if moment == self.moment:
            async with asyncio.timeout(SOON.total_seconds()):
                await self.connection.stop()
            self.stopped = True

    async def resume(self, client: Any, account: str) -> None:
        await self._at("resume")

    def interrupted(self, reason: str) -> None:
        return

    async def link_restored(self, *, data_lost: bool) -> None:
        await self._at("link_restored")

    async def release(self) -> None:
        await self._at("release")


@pytest.mark.parametrize("moment", ["resume", "link_restored", "release"])
def test_a_service_may_await_the_stop_in_whatever_it_is_asked_for(play: Play, moment: str) -> None:
    """Within the owner's own task too: it ends, nobody dials again, and no task is left behind."""

    async def scenario(world: World) -> None:
        noise: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: noise.append(context))
        program = world.program()
        stopper = _Stopper(program.connection, moment)
        program.connection.register(stopper)
        starting = asyncio.create_task(program.connection.start(tries=None))
        await asyncio.sleep(5)
        world.sim.faults.lose_link()
        await asyncio.sleep(5)
        world.sim.faults.restore_link()
        await asyncio.sleep(5)
        if moment == "release":
            await program.connection.stop()
        async with asyncio.timeout(SOON.total_seconds()):
            await asyncio.gather(starting, return_exceptions=True)
        assert stopper.stopped
        assert not program.connection.state.is_ready
        assert not program.connection.state.reconciled
        before = len(world.sim.gateway.sessions)
        await asyncio.sleep(300)
        assert len(world.sim.gateway.sessions) <= before
        assert not {t.get_name() for t in asyncio.all_tasks() if t.get_name().startswith("ib-")}
        gc.collect()
        assert not noise

    play(scenario)


def test_stopping_while_it_dials_for_the_first_time_ends_it(play: Play) -> None:
    """The Gateway takes the call and never answers; the start says that it was stopped."""

    async def scenario(world: World) -> None:
        world.sim.faults.inject("never_answer_login")
        program = world.program()
        starting = asyncio.create_task(program.connection.start(tries=None))
        await asyncio.sleep(0.5)
        async with asyncio.timeout(3):  # the dial itself would wait for ten
            await program.connection.stop()
            (answer,) = await asyncio.gather(starting, return_exceptions=True)
        assert isinstance(answer, IBError)
        assert "stopped before it was there" in str(answer)

    play(scenario)


async def test_another_thread_may_stop_the_connection(background_simulator: Any, tmp_path: Path) -> None:
    """By run_coroutine_threadsafe, while the loop's own thread goes on."""
    sim, loop = background_simulator, asyncio.get_running_loop()
    settings = load_settings("paper", tmp_path, host=sim.host, paper_port=sim.port)
    connection = IBConnection(settings, client_id=10)
    await connection.start(tries=1)
    stopping = asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(connection.stop(), loop).result(15))
    async with asyncio.timeout(20):
        await stopping
    assert not connection.state.is_ready


# whatever it is waiting for


async def _freeze(world: World, program: Services) -> None:
    world.sim.faults.freeze()
    program.connection.renew("another try, which is not answered")
    await asyncio.sleep(0.5)


async def _refuse(world: World, program: Services) -> None:
    world.sim.faults.refuse()
    world.sim.faults.disconnect()
    await asyncio.sleep(200)  # at the slow pace by now


async def _wait_for_a_login(world: World, _program: Services) -> None:
    world.sim.faults.require_login()
    await asyncio.sleep(20)


async def _lose_the_link(world: World, _program: Services) -> None:
    world.sim.faults.lose_link()
    await asyncio.sleep(20)


async def _stand_behind_a_locked_journal(world: World, program: Services) -> None:
    record = await program.buy(100, kind="LMT", limit_price=Decimal(95), tif="GTC")
    await asyncio.sleep(1)
    program.journal.be_patient(0.01)
    other = sqlite3.connect(program.journal.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    world.sim.faults.fill_order(record.order_id, 10)
    await asyncio.sleep(2)
    asyncio.get_running_loop().call_later(60, other.close)


async def _doubt_an_order(world: World, program: Services) -> None:
    world.sim.faults.drop_orders(times=1)
    await program.buy(100)
    await asyncio.sleep(5.2)  # IB is being asked about it


async def _wait_for_a_stuck_client_id(world: World, _program: Services) -> None:
    world.sim.faults.hold_client_id(10, 600)
    world.sim.faults.disconnect()
    await asyncio.sleep(10)


async def _be_reset_while_shaking_hands(world: World, _program: Services) -> None:
    world.sim.faults.reset_on_accept()
    world.sim.faults.reset()
    await asyncio.sleep(3)


async def _look_after_a_bracket(world: World, program: Services) -> None:
    world.sim.faults.reject_later(0.5, code=201, reason="thrown out", status="Cancelled", order_type="STP")
    await program.buy(100, stop_loss=Decimal(90))
    await asyncio.sleep(2.6)


async def _wait_for_a_swallowed_change(world: World, program: Services) -> None:
    record = await program.buy(100, kind="LMT", limit_price=Decimal(95), tif="GTC")
    await asyncio.sleep(1)
    world.sim.faults.drop_orders(times=1)
    await program.orders.modify(record.ref, Change(quantity=Decimal(50)))


async def _watch_quotes(world: World, program: Services) -> None:
    await program.quotes.subscribe(["AAPL", "MSFT"])
    world.sim.faults.farm_down()
    await asyncio.sleep(30)


@pytest.mark.parametrize(
    "situation",
    [
        _freeze, _refuse, _wait_for_a_login, _lose_the_link, _stand_behind_a_locked_journal, _doubt_an_order,
        _wait_for_a_stuck_client_id, _be_reset_while_shaking_hands, _look_after_a_bracket,
        _wait_for_a_swallowed_change, _watch_quotes,
    ],
)  # fmt: skip
@pytest.mark.parametrize("moment", [0.0, 0.001, 1.7])
def test_whatever_a_program_is_waiting_for_it_stops(
    play: Play, situation: Callable[[World, Services], Awaitable[None]], moment: float
) -> None:
    """Within seconds, with no task of its own left, and no login after it."""

    async def scenario(world: World) -> None:
        noise: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: noise.append(context))
        world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=1000, ask_size=1000)
        program = world.program()
        await program.start()
        await program.ready(within=30)
        await situation(world, program)
        await asyncio.sleep(moment)
        async with asyncio.timeout(SOON.total_seconds()):
            await program.stop()
        world.sim.faults.clear()
        assert {name for task in asyncio.all_tasks() if (name := task.get_name()).startswith("ib-")} == set()
        await asyncio.sleep(300)
        assert [session for session in world.sim.gateway.sessions if session.client_id == 10] == []
        gc.collect()
        assert noise == []

    play(scenario)


def test_what_waits_for_an_order_ends_when_the_program_stops(play: Play) -> None:
    """`place`, `modify` and `wait` return or raise a sentence; none hangs."""

    async def scenario(world: World) -> None:
        world.sim.market.set_quote("AAPL", bid=99, ask=101, bid_size=1000, ask_size=1000)
        program = world.program(risk={"max_order_value": 1_000_000})
        await program.start()
        await program.ready(within=30)
        resting = await program.buy(100, kind="LMT", limit_price=Decimal(95), tif="GTC")
        await asyncio.sleep(1)
        world.sim.faults.freeze()
        waiting = [
            asyncio.create_task(program.buy(1)),
            asyncio.create_task(program.orders.modify(resting.ref, Change(quantity=Decimal(50)))),
            asyncio.create_task(program.orders.wait(resting.ref, 20)),
        ]
        await asyncio.sleep(0.5)
        async with asyncio.timeout(SOON.total_seconds()):
            await program.connection.stop()
            answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(answers[0], IBError)
        assert isinstance(answers[1], IBError)
        assert answers[2] == program.orders.order(resting.ref)

    play(scenario)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("deaf", ["accept_and_ignore", "never_answer_login"])
def test_a_signal_during_the_first_dial_ends_the_program_without_noise(
    background_simulator: Any, tmp_path: Path, number: signal.Signals, deaf: str
) -> None:
    """A command waits for a Gateway that says nothing: it ends within seconds, with 130 and no word of asyncio's."""
    background_simulator.run(lambda sim: sim.faults.inject(deaf))
    words = [sys.executable, "-X", "dev", "-m", "leanib", "connect"]
    settings = {"IB_HOST": background_simulator.host, "IB_PAPER_PORT": str(background_simulator.port)}
    environment = {**os.environ, **settings}
    process = subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 30
        while not background_simulator.run(lambda sim: list(sim.gateway.sessions)) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(number)
        _, err = process.communicate(timeout=10)
    finally:
        process.kill()
    said = [line for line in err.splitlines() if not line.startswith("Executing <")]  # a slow machine, says `-X dev`
    assert process.returncode == 130
    assert said == ["stopped before the Gateway answered; nothing was sent"]


def test_a_second_signal_while_it_stops_ends_it_too(background_simulator: Any, tmp_path: Path) -> None:
    """Ctrl-C twice, at once and a moment later."""
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from leanib.ib import IBConnectionManager, load_settings
        with IBConnectionManager(load_settings("paper", Path(sys.argv[1]), paper_port=int(sys.argv[2]))) as ib:
            print("in", flush=True)
            while True:  # one long sleep may begin just after the signal has come
                time.sleep(0.05)
    """)
    words = [sys.executable, "-c", program, str(tmp_path), str(background_simulator.port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode != 0
    assert "never awaited" not in err
    assert "Task was destroyed" not in err


def test_two_threads_may_leave_the_manager_at_once(background_simulator: Any, tmp_path: Path) -> None:
    """And one of them calls while the other leaves: a sentence, no deadlock."""
    settings = load_settings("paper", tmp_path, host=background_simulator.host, paper_port=background_simulator.port)
    manager = IBConnectionManager(settings).__enter__()
    told: list[BaseException] = []

    def call() -> None:
        try:
            while True:
                manager.account()
        except BaseException as error:
            told.append(error)

    caller = threading.Thread(target=call, daemon=True)
    caller.start()
    time.sleep(0.3)
    manager.__exit__(None, None, None)
    caller.join(timeout=10)
    assert not caller.is_alive()
    assert isinstance(told[0], IBError | UsageError)

