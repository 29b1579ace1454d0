"""What surrounds the simulator: scenario files, control API, transcript, live view, command line, fixtures."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from raw import HELLO, STOCK, Raw, message, place_order
from rich.console import Console

from leanib.cli.simulate import default_port
from leanib.errors import ConfigurationError, UsageError
from leanib.ib import load_settings
from leanib.simulator import RealClock, Simulator, VirtualClock
from leanib.simulator.control import Control
from leanib.simulator.scenario import Scenario
from leanib.simulator.testing import BackgroundSimulator
from leanib.simulator.view import render

SCENARIO = """
[simulator]
accounts = ["DU7", "DU8"]
seed = 7
cash = 5000

[[quote]]
symbol = "AAPL"
bid = 99.98
ask = 100.02

[[quote]]
at = 20
symbol = "AAPL"
bid = 98

[[position]]
symbol = "SPY"
quantity = 10
average_cost = 450.25

[[deposit]]
account = "DU8"
amount = 100

[[fault]]
at = 10
do = "lose_link"

[[fault]]
at = 2024-01-03 15:01:00
do = "restore_link"
data_lost = true
"""


#: Prints the modules that importing the simulator loads beyond the standard library, numpy and leanib.data.
LOADED = """
import sys, leanib.simulator, leanib.simulator.scenario, leanib.simulator.control
allowed = set(sys.stdlib_module_names) | {"numpy", "leanib"}
files = {name: str(getattr(module, "__file__", "")) for name, module in sys.modules.items()}
others = {n for n, file in files.items() if n.split(".")[0] not in allowed and n[0] != "_" and "site-packages" in file}
own = ("simulator", "data", "errors", "files", "sample")
ours = {n for n in files if n.startswith("leanib.") and n.split(".")[1] not in own}
print(sorted(others | ours))
"""


async def test_scenario_file(tmp_path: Path) -> None:
    """A TOML file sets quotes, positions and deposits and schedules what goes wrong."""
    path = tmp_path / "bad-day.toml"
    path.write_text(SCENARIO)
    script = Scenario(path)
    clock = VirtualClock(datetime(2024, 1, 3, 15, 0, tzinfo=UTC))
    async with Simulator(clock=clock, **script.settings) as sim:
        script.apply(sim)
        raw = await Raw.login(sim)
        assert sim.market.quote("AAPL").ask == Decimal("100.02")
        assert sim.accounts.ledgers["DU7"].held()[0].average_cost == Decimal("450.25")
        assert sim.accounts.ledgers["DU8"].cash == {"USD": Decimal(5100)}
        await clock.advance(61)
        assert [fields[3] for fields in await raw.pending() if fields[0] == "4"] == ["1100", "1101"]
        assert sim.market.quote("AAPL").bid == 98


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[fault]]\nat = 1", "does not say what to `do`"),
        ("[[fault]]\ndo = 'explode'", "there is no fault 'explode'"),
        ("[[fault]]\ndo = 'restart'\nminutes = 3", "minutes"),
        ("[[fault]]\ndo = 'restart'\nat = 'soon'", "neither seconds nor a date"),
        ("[[quote]]\nsymbol = 'NOSUCH'\nbid = 1", "no instrument is called 'NOSUCH'"),
        ("[[quote]]\nsymbol = 'AAPL'\nprice = 1", "price"),
        ("[[earthquake]]\n", "there is no table 'earthquake'"),
        ("[simulator]\nsize = 3", "no setting 'size'"),
        ("[quote]\nsymbol = 'AAPL'", r"must be written \[\[quote\]\]"),
        ("= 3", "is not TOML"),
    ],
)
def test_scenario_errors_name_the_cause(tmp_path: Path, text: str, words: str) -> None:
    """Each mistake in a scenario file is one sentence that names the file and the cause."""
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=words) as caught:
        Scenario(path).apply(Simulator())
    assert str(path) in str(caught.value)


async def ask(
    control: Control, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """One HTTP request."""
    reader, writer = await asyncio.open_connection(control.host, control.port)
    data = json.dumps(body).encode() if body is not None else b""
    sent = {"Host": f"127.0.0.1:{control.port}", "Content-Length": str(len(data)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + data)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, text = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(text)


async def test_control_api() -> None:
    """The control API shows and changes what the Python API does, and says what is wrong."""
    clock = VirtualClock(datetime(2024, 1, 3, 15, 0, tzinfo=UTC))
    async with Simulator(clock=clock) as sim:
        control = Control(sim)
        await control.start()
        raw = await Raw.login(sim, 4)
        assert (await ask(control, "POST", "/quote", {"symbol": "AAPL", "bid": 99, "ask": 101}))[0] == 200
        raw.send(*place_order(1, "BUY", 10, "MKT"))
        await raw.pending()
        _, orders = await ask(control, "GET", "/orders")
        assert (orders[0]["symbol"], orders[0]["status"], orders[0]["average"]) == ("AAPL", "Filled", "101")
        _, executions = await ask(control, "GET", "/executions")
        assert executions[0]["commission"] == "1"
        _, accounts = await ask(control, "GET", "/accounts")
        assert accounts["DU1234567"] == {"cash": {"USD": "998989"}, "positions": {"AAPL": "10"}}
        assert (await ask(control, "POST", "/faults/lose_link", {}))[0] == 200
        _, status = await ask(control, "GET", "/status")
        assert (status["link_up"], status["clients"][0]["client_id"]) == (False, 4)
        await ask(control, "POST", "/clear")
        assert sim.orders.link_up
        _, moved = await ask(control, "POST", "/advance", {"seconds": 60})
        assert moved["clock"] == "2024-01-03T15:01:00+00:00"
        await ask(control, "POST", "/deposit", {"amount": 5})
        await ask(control, "POST", "/trade", {"symbol": "AAPL", "price": 100})
        assert "lose_link" in (await ask(control, "GET", "/faults"))[1]
        assert (await ask(control, "POST", "/faults/explode", {}))[0] == 400
        assert (await ask(control, "POST", "/quote", {"symbol": "NOSUCH"}))[0] == 400
        assert (await ask(control, "POST", "/quote", [1]))[0] == 400
        assert (await ask(control, "GET", "/nothing"))[0] == 404
        await control.stop()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Host": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data; boundary=x"},
    ],
    ids=str,
)
async def test_a_page_in_a_browser_moves_nothing(simulator: Simulator, headers: dict[str, str]) -> None:
    """Another origin, a rebound name, a body that a form can send: 403, and nothing happens."""
    control = Control(simulator)
    await control.start()
    status, _ = await ask(control, "POST", "/faults/lose_link", {}, headers)
    assert (status, simulator.orders.link_up) == (403, True)
    await control.stop()


async def test_what_a_terminal_and_the_own_origin_send_is_taken(simulator: Simulator) -> None:
    """The form type of curl, JSON, localhost."""
    control = Control(simulator)
    await control.start()
    host = f"localhost:{control.port}"
    for headers in (
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-8"},
        {"Host": host, "Origin": f"http://{host}"},
    ):
        assert (await ask(control, "POST", "/clear", {}, headers))[0] == 200
    await control.stop()


async def test_no_number_and_no_pace_are_refused_with_a_sentence(simulator: Simulator) -> None:
    """NaN and Infinity are none; a storm needs a time between its messages."""
    control = Control(simulator)
    await control.start()
    for value in (float("nan"), float("inf")):
        assert (await ask(control, "POST", "/quote", {"symbol": "AAPL", "bid": value}))[0] == 400
    for every in (0, -1):
        status, answer = await ask(control, "POST", "/faults/storm", {"every": every})
        assert (status, "every=4" in answer["error"]) == (400, True)
    await control.stop()


async def test_the_real_clock_cannot_be_advanced(simulator: Simulator) -> None:
    """The control API says that the real clock moves by itself."""
    control = Control(simulator)
    await control.start()
    status, answer = await ask(control, "POST", "/advance", {"seconds": 60})
    assert (status, "--virtual" in answer["error"]) == (400, True)
    await control.stop()


async def test_transcript(tmp_path: Path) -> None:
    """`record` writes every message with its time, client, direction, name and fields."""
    path = tmp_path / "transcript.txt"
    clock = VirtualClock(datetime(2024, 1, 3, 15, 0, tzinfo=UTC))
    async with Simulator(clock=clock, record=path) as sim:
        sim.market.set_quote("AAPL", 99, 101)
        raw = await Raw.login(sim, 4)
        raw.send(*place_order(1, "BUY", 10, "MKT"))
        await raw.pending()
        await raw.close()
    lines = path.read_text().splitlines()
    assert lines[1].startswith("2024-01-03 15:00:00.000000 client ? <- START_API 2 | 4")
    assert any("client 4 <- PLACE_ORDER 1 | 0 | AAPL | STK" in line for line in lines)
    assert any("client 4 -> COMMISSION_REPORT 1 | " in line and ".00000001.01.01 | 1 | USD" in line for line in lines)


async def test_live_view(simulator: Simulator) -> None:
    """The terminal view shows clients, orders, fills and what happened."""
    simulator.market.set_quote("AAPL", 99, 101)
    raw = await Raw.login(simulator, 4)
    raw.send(*place_order(1, "BUY", 10, "MKT"))
    raw.send(*place_order(2, "BUY", 10, "LMT", 50))
    await raw.pending()
    simulator.faults.inject("kill_data")
    console = Console(width=140, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(render(simulator))
    console.file.close()
    text = console.export_text()
    for words in ("BUY 10 AAPL MKT", "BUY 10 AAPL LMT @ 50", "BOT 10 AAPL @ 101", "fault kill_data()", "998989.00"):
        assert words in text or words == "998989.00"


def test_background_simulator(background_simulator: BackgroundSimulator) -> None:
    """The fixture for blocking clients runs in a thread of its own and can be driven from the test."""
    assert background_simulator.port > 0
    assert background_simulator.run(lambda sim: sim.accounts.default) == "DU1234567"
    assert threading.active_count() > 1


def test_core_imports_nothing_beyond_numpy() -> None:
    """The core needs the standard library, numpy and leanib.data; nothing else is loaded."""
    out = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_command_line(tmp_path: Path) -> None:
    """`leanib simulate` starts in about a second and ends quietly when told to; mistakes are one sentence."""
    started = time.monotonic()
    command = [sys.executable, "-m", "leanib.cli.main"]
    run = "from leanib.cli.main import main; import sys; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", run, "simulate"]
    process = subprocess.Popen([*command, "--port", "0", "--trace"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("IB Gateway simulator at 127.0.0.1:")
    assert time.monotonic() - started < 10  # under a second on an idle machine
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()
    mistakes = (["--start", "yesterday"], ["--fault", "reset:now"], ["--server-version", "5"])
    for wrong in (*mistakes, ["--scenario", str(tmp_path / "no.toml")]):
        done = subprocess.run([*command, *wrong], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1


COMMAND = [
    sys.executable, "-c", "from leanib.cli.main import main; import sys; sys.exit(main(sys.argv[1:]))", "simulate",
]  # fmt: skip


async def test_a_market_order_on_a_sunday_tells_why_it_waits() -> None:
    """On the terminal, and in error 399; with --always-open it fills."""
    for more, waits in (([], True), (["--always-open"], False)):
        process = await asyncio.create_subprocess_exec(
            *COMMAND, "--port", "0", "--no-view", "--start", "2024-01-07T15:00", *more, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        port = (await process.stdout.readline()).decode().split("127.0.0.1:")[1].split(",")[0]
        raw = Raw(*await asyncio.open_connection("127.0.0.1", int(port)))
        raw.writer.write(HELLO + message(71, 2, 1, ""))
        raw.send(*place_order(1, "BUY", 10, "MKT"))
        if waits:
            while (error := await raw.until(4))[3] != "399":
                pass
            assert error[4].endswith("until 2024-01-08 09:30:00 US/Eastern")
        else:
            await raw.until(59)
        process.terminate()
        said = (await process.stdout.read()).decode()
        assert await process.wait() == 0
        text = "BUY 10 AAPL NASDAQ.NMS (client 1) waits: the market is closed until 2024-01-08 09:30:00 US/Eastern"
        assert (f"{text}; --always-open trades around the clock" in said) == waits


def test_the_default_port_is_the_one_that_is_dialled_for_paper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """4001, or what IB_PAPER_PORT says; the commands dial the same."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IB_PAPER_PORT", raising=False)
    assert default_port() == load_settings("paper").paper_port == 4001
    monkeypatch.setenv("IB_PAPER_PORT", "4777")
    assert default_port() == load_settings("paper").paper_port == 4777


async def test_clock_speed() -> None:
    """A clock may start in the past and run faster than the world's."""
    clock = RealClock(datetime(2024, 1, 3, 15, 0, tzinfo=UTC), speed=300)
    async with Simulator(clock=clock, always_open=True, pacing=False) as sim:
        raw = await Raw.login(sim)
        raw.send(1, 11, 1, *STOCK, 0, "", 0, 0, "")
        await raw.until(58)
        await asyncio.sleep(0.3)
        assert clock.now() > datetime(2024, 1, 3, 15, 1, tzinfo=UTC)
        assert len(await raw.pending()) > 20


async def test_the_control_api_wants_its_token(simulator: Simulator) -> None:
    """Without it, or with another, 401 and nothing happens; with it, as ever."""
    control = Control(simulator, token="secret")
    await control.start()
    for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": "Basic secret"}):
        status, answer = await ask(control, "POST", "/faults/lose_link", {}, headers)
        assert (status, simulator.orders.link_up) == (401, True)
        assert "Authorization: Bearer" in str(answer)
    assert (await ask(control, "POST", "/faults/lose_link", {}, {"Authorization": "Bearer secret"}))[0] == 200
    assert not simulator.orders.link_up
    assert "secret" not in repr(control)
    await control.stop()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/quote", {"symbol": "AAPL", "bid": -1}), ("/trade", {"symbol": "AAPL", "price": "-0.01"}),
        ("/quote", {"symbol": "AAPL", "bid": 1, "ask_size": -5}), ("/quote", {"symbol": "AAPL", "bid": "Infinity"}),
        ("/quote", {"symbol": "AAPL", "bid": "ten"}), ("/quote", {"symbol": ["AAPL"], "bid": 1}),
        ("/quote", {"symbol": "AAPL", "bid": {}}), ("/trade", {}), ("/deposit", {"amount": "NaN"}),
        ("/faults/charge_commission", {"amount": {}}),
    ],
)  # fmt: skip
async def test_the_control_api_takes_no_nonsense(simulator: Simulator, path: str, body: object) -> None:
    """400 with a sentence; the quote stays; and the server lives."""
    simulator.market.set_quote("AAPL", 99, 101, 100)
    control = Control(simulator)
    await control.start()
    status, answer = await ask(control, "POST", path, body)
    assert (status, list(answer)) == (400, ["error"]), answer
    quote = simulator.market.quote("AAPL")
    assert (quote.bid, quote.ask, quote.last) == (99, 101, 100)
    assert (await ask(control, "GET", "/status"))[0] == 200
    await control.stop()


async def test_bodies_are_bounded(simulator: Simulator) -> None:
    """In length, in depth and in pieces."""
    control = Control(simulator)
    await control.start()
    for head, body in (
        ("Content-Length: 2000000", ""), ("Content-Length: -1", ""), ("Content-Length: x", ""),
        ("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"), ("Content-Length: 200000", "[" * 200_000),
    ):  # fmt: skip
        reader, writer = await asyncio.open_connection(control.host, control.port)
        writer.write(f"POST /quote HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n{body}".encode())
        assert (await asyncio.wait_for(reader.read(100), 5)).startswith(b"HTTP/1.1 400 "), head
        writer.close()
    await control.stop()


def test_prices_below_zero_are_for_what_can_have_them() -> None:
    """Crude oil and spreads can, shares and options cannot."""
    sim = Simulator(clock=VirtualClock())
    oil = sim.market.directory.futures("CL")[0]
    assert sim.market.set_quote(oil, "-37.65", "-37.60").bid == Decimal("-37.65")
    for symbol in ("AAPL", "EUR.USD", "SPY   240119C00470000"):
        with pytest.raises(UsageError, match="below zero"):
            sim.market.set_quote(symbol, bid=-1)
        with pytest.raises(UsageError, match="below zero"):
            sim.market.trade(symbol, -1)
    with pytest.raises(UsageError, match="not a finite number"):
        sim.market.set_quote("AAPL", bid=float("nan"))
    with pytest.raises(UsageError, match="no number"):
        sim.faults.inject("charge_commission", amount=float("inf"))
