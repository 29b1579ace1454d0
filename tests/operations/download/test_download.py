"""What is downloaded from a Gateway that replays a folder is that folder, digit for digit; nothing there gets worse."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.faults.world import PROJECT, World, play

from leanib.data import read_factor_file
from leanib.data.series_files import SeriesFile, read_columns, series_path, write_columns
from leanib.data.sources import Series, read_note
from leanib.errors import UsageError
from leanib.ib.errors import NotReady
from leanib.operations.download import Downloaded, download, wanted_series
from leanib.operations.download.run import Task

__all__ = ["play"]

Play = Callable[..., World]
SAMPLE = PROJECT / "data"
NOW = dt.datetime(2013, 3, 4, 15, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
LAST_DAY = dt.date(2013, 3, 1)


@dataclass
class Told:
    """What a watcher heard."""

    texts: list[str] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    reached_: list[float] = field(default_factory=list)
    after_first: Callable[[], object] | None = None

    def begin(self, tasks: Sequence[Task]) -> None:
        self.tasks = list(tasks)

    def reached(self, task: Task, requests: float) -> None:
        self.reached_.append(requests)
        action, self.after_first = self.after_first, None
        if action is not None and requests > 0:
            action()

    def tell(self, text: str) -> None:
        self.texts.append(text)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A data folder with nothing but the tables."""
    for name in ("market-hours", "symbol-properties"):
        shutil.copytree(SAMPLE / name, tmp_path / "data" / name)
    return tmp_path / "data"


def bring(play: Play, target: Path, *wanted: Any, told: Told | None = None, **options: Any) -> list[Downloaded]:
    """Downloads into the folder from a simulator that replays the sample data, at IB's pace on virtual time."""
    results: list[Downloaded] = []

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        results.extend(await download(program.connection, target, wanted, told or Told()))
        await program.stop()

    play(scenario, **{"start": NOW, "data": SAMPLE, "pacing": True, "always_open": False, **options})
    return results


def ask(
    ticker: str, kind: str, resolution: str, first: dt.date, last: dt.date, tick_type: str = "", **more: Any
) -> Any:
    """One series as `wanted_series` makes it."""
    kinds = [tick_type] if tick_type else []
    [one] = wanted_series([ticker], kind, None, resolution, kinds, first, last, TODAY, **more)
    return one


def columns(root: Path, series: Series, day: dt.date | None) -> Any:
    """What a folder has of a day."""
    return read_columns(SeriesFile(series_path(root, series, day), series, day))


def assert_same(mine: Any, source: Any, but: Sequence[str] = ()) -> None:
    """Both have the same rows, apart from columns that IB does not tell."""
    assert len(mine) == len(source) > 0
    for name in type(source).__slots__:
        if name not in but:
            assert np.array_equal(getattr(mine, name), getattr(source, name)), name


SIZES = ("bid_size", "ask_size")
MONTH = (dt.date(2013, 2, 4), LAST_DAY)
FEW = (dt.date(2013, 2, 27), LAST_DAY)


@pytest.mark.timeout(400)  # a day of seconds is 23,400 bars, asked for in IB's portions of half an hour
@pytest.mark.parametrize(
    ("ticker", "kind", "resolution", "tick_type", "span", "but"),
    [
        ("AAPL", "equity", "minute", "trade", MONTH, ()),
        ("AAPL", "equity", "minute", "quote", FEW, SIZES),
        ("AAPL", "equity", "second", "trade", (LAST_DAY, LAST_DAY), ()),
        ("AAPL", "equity", "second", "quote", (LAST_DAY, LAST_DAY), SIZES),
        ("EURUSD", "forex", "minute", "quote", FEW, SIZES),
    ],
)
def test_a_day_of_files_is_the_sources(
    play: Play, target: Path, ticker: str, kind: str, resolution: str, tick_type: str, span: Any, but: Sequence[str]
) -> None:
    """Minutes and seconds, trades and quotes; of the quotes' sizes IB has no history."""
    one = ask(ticker, kind, resolution, *span, tick_type)
    [result] = bring(play, target, one)
    assert result.is_complete, result
    assert len(result.written) == result.days > 0
    for day in result.written:
        mine, source = columns(target, one.series, day), columns(SAMPLE, one.series, day)
        if kind == "forex":  # IB pauses from 17:00 to 17:15 in New York
            minutes = (source.time - source.time.astype("datetime64[D]")).astype("timedelta64[m]").astype(int)
            source = source.part((minutes < 22 * 60) | (minutes >= 22 * 60 + 15))
        assert_same(mine, source, but)


@pytest.mark.parametrize("tick_type", ["trade", "quote"])
def test_ticks_are_the_sources_to_the_second(play: Play, target: Path, tick_type: str) -> None:
    """IB tells the second of a tick; price and size are the source's, in its order."""
    one = ask("AAPL", "equity", "tick", LAST_DAY, LAST_DAY, tick_type)
    [result] = bring(play, target, one)
    assert result.is_complete
    mine, source = columns(target, one.series, LAST_DAY), columns(SAMPLE, one.series, LAST_DAY)
    assert_same(mine, source, ("time", "exchange", "sale_condition"))
    assert np.array_equal(mine.time, source.time.astype("datetime64[s]").astype("datetime64[us]"))


@pytest.mark.parametrize(
    ("ticker", "kind", "resolution", "first"),
    [
        ("AAPL", "equity", "daily", dt.date(2005, 3, 1)),
        ("AAPL", "equity", "hour", dt.date(2012, 6, 1)),
        ("EURUSD", "forex", "hour", dt.date(2012, 11, 1)),
        ("EURUSD", "forex", "daily", dt.date(2012, 11, 1)),
    ],
)
def test_a_file_of_all_days_is_the_sources(
    play: Play, target: Path, ticker: str, kind: str, resolution: str, first: dt.date
) -> None:
    """Hours and days, which stand in one file; a day of currencies is made of its hours, in UTC."""
    one = ask(ticker, kind, resolution, first, LAST_DAY)
    [result] = bring(play, target, one)
    assert not result.failure
    mine, source = columns(target, one.series, None), columns(SAMPLE, one.series, None)
    days = source.time.astype("datetime64[D]")
    inside = (days >= np.datetime64(first)) & (days <= np.datetime64(LAST_DAY))
    assert_same(mine, source.part(inside), SIZES)


def test_coins_are_the_sources(play: Play, target: Path) -> None:
    """Trades and quotes by the hour, around the clock, in fractions."""
    first, last = dt.date(2024, 3, 4), dt.date(2024, 3, 17)
    wanted = wanted_series(["BTCUSD"], "crypto", None, "hour", [], first, last, dt.date(2024, 3, 20))
    results = bring(play, target, *wanted, start=dt.datetime(2024, 3, 20, tzinfo=dt.UTC))
    assert [(one.is_complete, len(one.written)) for one in results] == [(True, 14)] * 2
    for one in wanted:
        mine, source = columns(target, one.series, None), columns(SAMPLE, one.series, None)
        days = source.time.astype("datetime64[D]")
        inside = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        assert_same(mine, source.part(inside), SIZES)


def test_prices_are_labelled_and_dividends_worked_out(play: Play, target: Path) -> None:
    """The note says split-adjusted; the factor file has no split and each of IBM's dividends, within a cent."""
    first = dt.date(2011, 1, 3)
    one = ask("IBM", "equity", "daily", first, LAST_DAY)
    bring(play, target, one)
    note = read_note(target, one.series)
    assert note is not None
    assert (note.source, note.prices) == ("Interactive Brokers", "split-adjusted")
    mine = read_factor_file(target / "equity/usa/factor_files/ibm.csv")
    source = read_factor_file(SAMPLE / "equity/usa/factor_files/ibm.csv")
    known = {row.date: row for row in source if first <= row.date < LAST_DAY}
    assert {row.split_factor for row in mine} == {1}
    assert {row.date for row in mine[1:-1]} == set(known)
    for row, following in itertools.pairwise(mine[1:]):
        paid = row.reference_price * (1 - row.price_factor / following.price_factor)
        truth = known[row.date]
        after = next(other for other in source if other.date > row.date)
        assert abs(paid - truth.reference_price * (1 - truth.price_factor / after.price_factor)) < 0.02
    assert (target / "equity/usa/map_files/ibm.csv").is_file()


def test_the_users_own_factor_file_stays(play: Play, target: Path) -> None:
    """And what is ours is made anew."""
    path = target / "equity/usa/factor_files/ibm.csv"
    path.parent.mkdir(parents=True)
    path.write_text("20000301,0.5,1,100\n20501231,1,1,0\n")
    told = Told()
    bring(play, target, ask("IBM", "equity", "daily", *MONTH), told=told)
    assert path.read_text() == "20000301,0.5,1,100\n20501231,1,1,0\n"
    assert any("your own" in text for text in told.texts)


def test_split_adjusted_prices_do_not_mix_with_others(play: Play, target: Path) -> None:
    """Neither with a factor file that has a later split, nor with files whose prices are of another scale."""
    factors = target / "equity/usa/factor_files/aapl.csv"
    factors.parent.mkdir(parents=True)
    factors.write_text("20000301,1,0.25,100\n20130225,1,0.5,440\n20501231,1,1,0\n")
    [result] = bring(play, target, ask("AAPL", "equity", "daily", *MONTH))
    assert "would count twice" in result.failure
    factors.unlink()
    one = ask("AAPL", "equity", "minute", *FEW, tick_type="trade")
    day = dt.date(2013, 2, 26)
    old = columns(SAMPLE, one.series, day)
    for name in ("open", "high", "low", "close"):
        setattr(old, name, getattr(old, name) / 4)
    write_columns(target, one.series, day, old)
    [result] = bring(play, target, one)
    assert "two scales" in result.failure
    assert not result.written


def test_a_killed_download_goes_on_and_asks_for_no_day_twice(play: Play, target: Path) -> None:
    """After it was cancelled in between, the second one asks only for what is missing; the folder is whole then."""
    one = ask("AAPL", "equity", "minute", *MONTH, tick_type="trade")
    asked: list[list[dt.date]] = []

    async def killed(world: World) -> None:
        program = world.program()
        await program.start()
        task = asyncio.ensure_future(download(program.connection, target, [one], Told()))
        while len(list((target / "equity").rglob("*.zip"))) < 6:
            assert not task.done()
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.wait({task})
        await program.stop()

    play(killed, start=NOW, data=SAMPLE, pacing=True, always_open=False)
    there = len(list((target / "equity").rglob("*.zip")))
    told = Told()
    [result] = bring(play, target, one, told=told)
    asked = told.tasks[0].missing
    assert result.is_complete
    assert (result.there, len(result.written)) == (there, result.days - there)
    assert sum(map(len, asked)) == result.days - there
    [result] = bring(play, target, one)
    assert (result.there, result.written) == (result.days, [])


def test_a_good_day_is_not_made_worse(play: Play, target: Path) -> None:
    """A day of which the folder has more than IB stays; of another that changes the old file is kept."""
    one = ask("AAPL", "equity", "minute", *FEW, tick_type="trade", overwrite=True)
    longer, other, broken = (dt.date(2013, 2, 27), dt.date(2013, 2, 28), LAST_DAY)
    rows = columns(SAMPLE, one.series, longer)
    more = rows.joined([rows, rows.part(slice(-1, None))])
    more.time[-1] += np.timedelta64(60, "s")
    write_columns(target, one.series, longer, more)
    changed = columns(SAMPLE, one.series, other).part(slice(0, 100))
    write_columns(target, one.series, other, changed)
    path = write_columns(target, one.series, broken, changed)
    path.write_bytes(path.read_bytes()[:50])
    [result] = bring(play, target, one)
    assert result.kept == [longer]
    assert len(columns(target, one.series, longer)) == 391
    assert_same(columns(target, one.series, other), columns(SAMPLE, one.series, other))
    assert_same(columns(target, one.series, broken), columns(SAMPLE, one.series, broken))
    assert sorted(path.name for path in result.aside) == ["20130228_trade.zip.old", "20130301_trade.zip.old"]


def test_a_day_that_was_not_over_is_asked_for_again(play: Play, target: Path) -> None:
    """It came while the market was open; the next download brings the rest, and nothing needs keeping aside."""
    one = ask("AAPL", "equity", "minute", LAST_DAY, LAST_DAY, "trade")
    [result] = bring(play, target, one, start=dt.datetime(2013, 3, 1, 17, 0, tzinfo=dt.UTC))
    assert 150 <= len(columns(target, one.series, LAST_DAY)) < 155
    [result] = bring(play, target, one)
    assert (result.written, result.aside) == ([LAST_DAY], [])
    assert len(columns(target, one.series, LAST_DAY)) == 390


def test_what_ib_has_not_is_said_and_not_asked_for_again(play: Play, target: Path) -> None:
    """Days before the beginning of the data are named, and the result is not complete, the second time too."""
    one = ask("AAPL", "equity", "minute", dt.date(2012, 9, 27), dt.date(2012, 10, 2), "trade")
    for _ in range(2):
        told = Told()
        [result] = bring(play, target, one, told=told)
        assert not result.is_complete
        assert result.none == [dt.date(2012, 9, 27), dt.date(2012, 9, 28)]
    assert told.tasks[0].missing == []


def test_a_series_that_ib_refuses_does_not_keep_the_others(play: Play, target: Path) -> None:
    """No such contract: said of that one; the other comes."""
    wanted = wanted_series(["NOSUCH", "AAPL"], "equity", None, "daily", [], *MONTH, TODAY)
    refused, came = bring(play, target, *wanted)
    assert "NOSUCH" in refused.failure
    assert came.is_complete


def test_no_permission_is_no_empty_answer(play: Play, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Error 162 for lack of a subscription is told as it is, and no day is noted as one that IB has not."""
    from leanib.simulator.history import History

    def refuse(self: Any, session: Any, req_id: int, item: Any, request: Any) -> None:
        session.error(req_id, 162, "No market data permissions for ISLAND STK")

    monkeypatch.setattr(History, "answer", refuse)
    [result] = bring(play, target, ask("AAPL", "equity", "daily", *MONTH))
    assert "No market data permissions" in result.failure
    assert result.none == []


def test_a_lost_query_is_asked_again(play: Play, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Error 366, and a pacing violation (420), are waited out."""
    from leanib.simulator.history import History

    real, codes = History.answer, [366, 420]

    def lose(self: Any, session: Any, req_id: int, item: Any, request: Any) -> None:
        if codes:
            code = codes.pop(0)
            session.error(req_id, code, req_id if code == 366 else "pacing violation")
        else:
            real(self, session, req_id, item, request)

    monkeypatch.setattr(History, "answer", lose)
    [result] = bring(play, target, ask("AAPL", "equity", "daily", *MONTH))
    assert result.is_complete, result


def test_a_cut_connection_is_waited_for(play: Play, target: Path) -> None:
    """The Gateway goes and comes back between two chunks: the download goes on, and the folder is whole."""
    one = ask("AAPL", "equity", "minute", *MONTH, tick_type="trade")
    results: list[Downloaded] = []
    told = Told()

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        told.after_first = world.sim.faults.reset
        results.extend(await download(program.connection, target, [one], told))
        await program.stop()

    play(scenario, start=NOW, data=SAMPLE, pacing=True, always_open=False)
    assert results[0].is_complete, results


def test_a_gateway_that_stays_away_is_said(play: Play, target: Path) -> None:
    """What came is written, and the sentence says how to go on."""
    one = ask("AAPL", "equity", "minute", *MONTH, tick_type="trade")
    said: list[str] = []

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        told = Told(after_first=lambda: (world.sim.faults.refuse(), world.sim.faults.reset()))
        with pytest.raises(NotReady) as error:
            await download(program.connection, target, [one], told, patience=30.0)
        said.append(str(error.value))
        await program.stop()

    play(scenario, start=NOW, data=SAMPLE, pacing=True, always_open=False)
    assert "give the same command again" in said[0]
    assert list((target / "equity").rglob("*.zip"))


@pytest.mark.parametrize(
    ("kind", "resolution", "tick_type", "ticker", "sentence"),
    [
        ("option", "minute", "trade", "SPY", "option is not downloaded"),
        ("equity", "week", "trade", "SPY", "no resolution 'week'"),
        ("equity", "daily", "quote", "SPY", "no daily quotes"),
        ("equity", "minute", "openinterest", "SPY", "no history of open interest"),
        ("forex", "minute", "trade", "EURUSD", "no trades"),
        ("forex", "minute", "quote", "EUR", "no currency pair"),
        ("crypto", "minute", "trade", "BTCEUR", "for dollars only"),
        ("equity", "second", "trade", "SPY", "six months"),
    ],
)
def test_what_cannot_be_downloaded_is_refused_by_name(
    kind: str, resolution: str, tick_type: str, ticker: str, sentence: str
) -> None:
    """One sentence each."""
    with pytest.raises(UsageError, match=sentence):
        wanted_series([ticker], kind, None, resolution, [tick_type], dt.date(2012, 1, 3), LAST_DAY, TODAY)
