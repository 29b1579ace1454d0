"""Continuous futures and their chains in a run: what they stand for, how prices are joined, and when days begin."""

from __future__ import annotations

import json
import random
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.market import MarginInterestRate, QuoteBar, Slice
from leanib.engine.numbers import to_float
from leanib.engine.research import QuantBook
from leanib.engine.symbols import DataMappingMode, DataNormalizationMode, Resolution, SecurityType, Symbol, TickType

MONDAY = datetime(2014, 6, 2)
FRIDAY = datetime(2014, 6, 6)
DAY = timedelta(days=1)
MORNING = 14 * 60  # 10:00 in New York, in minutes of the UTC day that a file holds; 9:00 in Chicago
NIGHT = 60  # 21:00 in New York on the day before; 20:00 in Chicago


def _contract(year: int, month: int, day: int) -> Symbol:
    return Symbol.create_future("ES", "cme", datetime(year, month, day))


def _row(minute: int, price: float) -> str:
    return f"{minute * 60_000},{price},{price},{price},{price},10"


@pytest.fixture
def week(market: Any) -> Any:
    """ES in the week of 2 June 2014: June at 1000, September at 1100, December at 1200; a roll after Tuesday.

    By the hours of Globex: the exchange's clock is Chicago's, and day and night are one session.
    """
    hours = market.folder / "market-hours"
    known = json.loads((hours / "market-hours-database.json").read_text())
    del known["entries"]["Future-cme-ES"]
    hours.unlink()
    market.write("market-hours/market-hours-database.json", json.dumps(known))
    june, september = _contract(2014, 6, 20), _contract(2014, 9, 19)
    market.write(
        "future/cme/map_files/es.csv",
        "18991230,es,CME",
        f"20140603,{str(june.id).lower()},CME,0",
        f"20140605,{str(june.id).lower()},CME,2",
        f"20140918,{str(september.id).lower()},CME,0",
        f"20140919,{str(september.id).lower()},CME,2",
    )
    scales = {"BackwardsRatioScale": [1.1, 1.05], "BackwardsPanamaCanalScale": [100, 50], "ForwardPanamaCanalScale": []}
    row = {"Date": "2014-06-03T00:00:00", **scales, "DataMappingMode": 0}
    market.write("future/cme/factor_files/es.csv", json.dumps(row))
    folder = market.folder / "future/cme/minute/es"
    folder.mkdir(parents=True)
    for number in range(5):
        day = MONDAY + number * DAY
        with zipfile.ZipFile(folder / f"{day:%Y%m%d}_trade.zip", "w") as archive:
            for month, price in (("201406", 1000), ("201409", 1100), ("201412", 1200)):
                rows = [_row(NIGHT, price + 1), _row(MORNING, price), _row(MORNING, price + 7)]
                archive.writestr(f"{day:%Y%m%d}_es_minute_trade_{month}.csv", "\n".join(rows))
        before = day - (3 if number == 0 else 1) * DAY
        lines = [f"{month},1,1,1,1,5,{interest}" for month, interest in (("201406", 9), ("201409", 8), ("201412", 7))]
        market.write(f"future/cme/universes/es/{before:%Y%m%d}.csv", "#expiry", *lines)
    return market


class _Continuous(QCAlgorithm):
    options: dict[str, Any] = {}  # noqa: RUF012

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(FRIDAY)
        self.set_benchmark(lambda _time: 1)
        self.told: list[tuple[str, float]] = []
        self.changes: list[tuple[str, str]] = []
        chosen = {"data_mapping_mode": DataMappingMode.LAST_TRADING_DAY, "fill_forward": False, **self.options}
        self.future = self.add_future("ES", Resolution.MINUTE, **chosen)

    def on_data(self, data: Slice) -> None:
        for bar in data.bars.values():
            self.told.append((f"{self.time:%d %H:%M}", bar.close))
        for event in data.symbol_changed_events.values():
            assert event.symbol == self.future.symbol
            self.changes.append((f"{event.time:%d %H:%M}", self.future.mapped.value))


def _run(week: Any, **options: Any) -> Any:
    return week.run(type("Asks", (_Continuous,), {"options": options})).algorithm


def _mornings(algorithm: Any) -> list[float]:
    return [price for time, price in algorithm.told if time.endswith("10:01")]


def test_prices_before_the_roll_are_joined_to_those_after_it(week: Any) -> None:
    """By ratio unless something else is asked for: until Tuesday June's times 1.1, then September's as they are."""
    algorithm = _run(week)
    assert _mornings(algorithm) == [1100] * 5
    assert algorithm.changes == [("04 00:00", "ES19U14")]


@pytest.mark.parametrize(
    ("mode", "prices"),
    [
        (DataNormalizationMode.RAW, [1000, 1000, 1100, 1100, 1100]),
        (DataNormalizationMode.BACKWARDS_PANAMA_CANAL, [1100, 1100, 1100, 1100, 1100]),
        (DataNormalizationMode.FORWARD_PANAMA_CANAL, [1000, 1000, 1100, 1100, 1100]),
    ],
)
def test_every_way_of_joining_prices(week: Any, mode: DataNormalizationMode, prices: list[float]) -> None:
    """Raw, shifted, and shifted by nothing where the file says nothing."""
    assert _mornings(_run(week, data_normalization_mode=mode)) == prices


def test_a_contract_behind_the_front_month(week: Any) -> None:
    """With a depth of one it stands for the following expiry, with factors of its own."""
    algorithm = _run(week, contract_depth_offset=1)
    assert _mornings(algorithm) == [1155, 1155, 1200, 1200, 1200]
    assert algorithm.changes == [("04 00:00", "ES19Z14")]


def test_another_mapping_mode_rolls_on_another_day(week: Any) -> None:
    """By open interest June is left on Thursday."""
    algorithm = _run(
        week, data_mapping_mode=DataMappingMode.OPEN_INTEREST, data_normalization_mode=DataNormalizationMode.RAW
    )
    assert _mornings(algorithm) == [1000, 1000, 1000, 1000, 1100]


def test_a_change_comes_at_midnight_beside_a_bar_that_ends_then(week: Any) -> None:
    """The new contract has a bar that ends at midnight in Chicago; the change does not wait for the next one."""
    with zipfile.ZipFile(week.folder / "future/cme/minute/es/20140604_trade.zip", "w") as archive:
        rows = [_row(5 * 60 - 1, 1099), _row(MORNING, 1100)]
        archive.writestr("20140604_es_minute_trade_201409.csv", "\n".join(rows))

    class Notes(_Continuous):
        def on_data(self, data: Slice) -> None:
            if data.symbol_changed_events:
                self.changes.append((f"{self.time:%d %H:%M}", self.future.mapped.value))

    Notes.options = {"extended_market_hours": True}
    assert week.run(Notes).algorithm.changes == [("04 01:00", "ES19U14")]


def test_the_night_in_a_file_belongs_to_the_day_before(week: Any) -> None:
    """Files have UTC days: Wednesday's begins on Tuesday evening in Chicago, when June is still what is meant."""
    told = _run(week, data_normalization_mode=DataNormalizationMode.RAW).told
    assert told[1:5] == [("02 21:01", 1001), ("03 10:01", 1000), ("03 21:01", 1001), ("04 10:01", 1100)]


def test_rows_that_end_before_others_are_left_out(week: Any) -> None:
    """Each file of the week has its ten o'clock twice; the second one is no news."""
    assert len(_mornings(_run(week))) == 5


def test_what_it_stands_for_can_be_traded_and_is_not_seen(week: Any) -> None:
    """The mapped contract has a price, the algorithm no data of it and no notice."""

    class Buys(_Continuous):
        def on_data(self, data: Slice) -> None:
            assert list(data.keys()) in ([], [self.future.symbol])
            if not self.portfolio.invested and self.securities[self.future.mapped].has_data:
                self.market_order(self.future.mapped, 1)

        def on_securities_changed(self, changes: Any) -> None:
            self.changes += [(str(self.time), security.symbol.value) for security in changes.added_securities]

    algorithm = week.run(Buys).algorithm
    assert [value for _, value in algorithm.changes] == ["/ES"]
    assert algorithm.portfolio[_contract(2014, 6, 20)].average_price == 1000


def test_a_chain_of_futures_selects_what_its_filter_wants(week: Any) -> None:
    """Contracts come by the file of the day before and are in the slice's chain, without the mapped one's help."""

    class Chain(_Continuous):
        def initialize(self) -> None:
            super().initialize()
            self.future.set_filter(lambda universe: universe.expiration(30, 120))
            self.seen: set[tuple[str, float]] = set()

        def on_data(self, data: Slice) -> None:
            chain = data.futures_chains.get(self.future.symbol)
            for contract in chain or ():
                self.seen.add((contract.symbol.value, contract.last_price))

    assert week.run(Chain).algorithm.seen == {("ES19U14", 1100), ("ES19U14", 1101)}


def test_histories_with_other_modes_than_the_subscription(week: Any) -> None:
    """Mapping, joining and depth of a history are its own."""

    class Asks(_Continuous):
        def on_end_of_algorithm(self) -> None:
            symbol, raw = self.future.symbol, DataNormalizationMode.RAW
            arguments = (symbol, datetime(2014, 6, 2), datetime(2014, 6, 7), Resolution.MINUTE)
            joined = self.history(*arguments, fill_forward=False)
            deep = self.history(*arguments, fill_forward=False, data_normalization_mode=raw, contract_depth_offset=1)
            self.closes = [list(frame["close"])[::2] for frame in (joined, deep)]

    assert week.run(Asks).algorithm.closes == [[1100] * 5, [1100, 1100, 1200, 1200, 1200]]


def test_more_than_two_contracts_behind_is_refused(week: Any) -> None:
    """LEAN's factor files know no more."""
    with pytest.raises(Exception, match="maximum value is 2"):
        _run(week, contract_depth_offset=3)


def test_a_future_that_is_removed_goes_with_its_contracts(week: Any) -> None:
    """The position is liquidated; chain, mapped contract and continuous future bring no more data."""

    class Removes(_Continuous):
        def initialize(self) -> None:
            super().initialize()
            self.future.set_filter(0, 120)

        def on_data(self, data: Slice) -> None:
            self.told.append((f"{self.time:%d %H:%M}", len(data.bars)))
            if self.time.day == 2 and not self.portfolio.invested:
                self.market_order(self.future.mapped, 1)
            if self.time.day == 3 and self.time.hour == 10:
                self.remove_security(self.future.symbol)

    algorithm = week.run(Removes).algorithm
    assert max(time for time, _ in algorithm.told) == "03 10:01"
    assert not algorithm.portfolio.invested
    assert not algorithm.securities


def test_open_interest_of_before_the_start_is_not_read(week: Any) -> None:
    """It is known at its time, not a day later: what the file says of Saturday evening is past on Monday."""
    row = "20140601 00:00,5"  # UTC: Saturday evening in Chicago
    folder = week.folder / "future/cme/daily"
    folder.mkdir()
    with zipfile.ZipFile(folder / "es_openinterest.zip", "w") as archive:
        archive.writestr("es_openinterest_201406.csv", row)
        archive.writestr("es_openinterest_201409.csv", row)

    class Daily(_Continuous):
        def initialize(self) -> None:
            super().initialize()
            self.daily = self.add_future_contract(_contract(2014, 9, 19), Resolution.DAILY)

    assert week.run(Daily).algorithm.daily.open_interest == 0


def test_a_position_ends_with_its_contract_where_the_night_is_traded(week: Any) -> None:
    """At the midnight of its end a bar of the night ends too; the delisting comes all the same."""

    class Holds(_Continuous):
        def initialize(self) -> None:
            super().initialize()
            self.contract = self.add_future_contract(_contract(2014, 6, 4), Resolution.MINUTE)

        def on_data(self, data: Slice) -> None:
            if self.contract.has_data and not self.contract.is_delisted and not self.portfolio.invested:
                self.market_order(self.contract.symbol, 1)

    algorithm = week.run(Holds).algorithm
    assert algorithm.contract.is_delisted
    assert [order.tag for order in algorithm.transactions.get_orders()] == ["", "Liquidate from delisting"]


def test_the_capacity_of_a_mapped_contract_is_that_of_its_trades(week: Any) -> None:
    """Its data are internal: the volume is that of its last trade, whatever quote came since."""
    folder = week.folder / "future/cme/minute/es"
    for number in range(5):
        day = MONDAY + number * DAY
        with zipfile.ZipFile(folder / f"{day:%Y%m%d}_quote.zip", "w") as archive:
            side = "1000,1000,1000,1000,5"
            archive.writestr(f"{day:%Y%m%d}_es_minute_quote_201406.csv", f"{MORNING * 60_000},{side},{side}")

    class Buys(_Continuous):
        def on_data(self, data: Slice) -> None:
            if not self.portfolio.invested:
                self.market_order(self.future.mapped, 1)

    summary = week.run(Buys).results.statistics_results().summary
    assert summary["Estimated Strategy Capacity"] != "$0"


def test_margin_rates_of_the_past_can_be_asked_for(market: Any) -> None:
    """They have a file of their own; no corporate event brings them."""
    rates = "20140601 00:00:00,0.1", "20140601 08:00:00,0.2"
    market.write("cryptofuture/binance/margin_interest/btcusdt.csv", *rates)

    class Asks(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY)
            self.set_benchmark(lambda _time: 1)
            symbol = Symbol.create("BTCUSDT", SecurityType.CRYPTO_FUTURE, "binance")
            self.rates = list(self.history(MarginInterestRate, symbol, 48, Resolution.HOUR)["interestrate"])

    assert market.run(Asks).algorithm.rates == [0.1, 0.2]


def test_files_that_a_continuous_future_lacks_are_told(market: Any) -> None:
    """Without a map file it stands for no contract: that must not look like a quiet market."""
    run = market.run(type("Asks", (_Continuous,), {"options": {}}))
    assert "future/cme/map_files/es.csv" in " ".join(str(item) for item in run.missing_data)


def test_a_notebook_sees_the_contracts_that_a_future_s_filter_takes(week: Any) -> None:
    """None until there is a filter, as in LEAN; then those of each day."""
    book = QuantBook(week.folder)
    book.set_start_date(2014, 6, 6)
    future = book.add_future("ES", Resolution.MINUTE)
    assert book.future_history(future.symbol, MONDAY, FRIDAY, Resolution.MINUTE).data_frame.empty
    future.set_filter(0, 30)
    found = book.future_history(future.symbol, MONDAY, FRIDAY, Resolution.MINUTE)
    assert [expiry.date() for expiry in found.get_expiry_dates()] == [datetime(2014, 6, 20).date()]


def test_a_contract_that_a_days_file_does_not_list_lacks_no_file(week: Any) -> None:
    """Nobody traded it; one that never had a price is told by name, and days without a file once for all contracts."""

    class Two(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(FRIDAY)
            self.set_benchmark(lambda _time: 1)
            for contract in (_contract(2014, 6, 20), _contract(2015, 3, 20)):
                self.add_future_contract(contract, Resolution.MINUTE)

    (week.folder / "future/cme/minute/es/20140604_trade.zip").unlink()
    told = [str(item) for item in week.run(Two).missing_data]
    assert told[0] == "ES20H15: no data at all from 2014-06-02 to 2014-06-06"
    trades = [line for line in told if "trades (" in line]
    detail = "1 of 5 days are not there, 2014-06-04 (future/cme/minute/es/20140604_trade.zip)"
    assert trades == [f"ES, minute trades (future, cme): {detail}"]
    assert not any("#" in line for line in told)


def _quote(minute: int, bid: Decimal, ask: Decimal) -> str:
    return f"{minute * 60_000},{bid},{bid},{bid},{bid},3,{ask},{ask},{ask},{ask},4"


@pytest.mark.parametrize("zone", ["UTC", "America/Chicago"])
@pytest.mark.parametrize("stretch", [True, False])
def test_the_middle_of_joined_quotes_has_the_digits_of_their_decimals(week: Any, zone: str, stretch: bool) -> None:
    """Of bars, of bars made of them and in frames, whether a file has the exchange's days or UTC's."""
    factor = Decimal("1.0417283285164213784")
    scales = {"BackwardsRatioScale": [str(factor)], "BackwardsPanamaCanalScale": [0], "ForwardPanamaCanalScale": []}
    row = {"Date": "2014-06-03T00:00:00", **scales, "DataMappingMode": 0}
    week.write("future/cme/factor_files/es.csv", json.dumps(row))
    path = week.folder / "market-hours/market-hours-database.json"
    known = json.loads(path.read_text())
    known["entries"]["Future-cme-[*]"]["dataTimeZone"] = zone
    path.write_text(json.dumps(known))
    draw, quotes = random.Random(7), []
    for _ in range(120):
        bid = Decimal(draw.randrange(10_000, 20_000)) / 4
        quotes.append((bid, bid + Decimal(draw.randrange(1, 9)) / 4))
    start = MORNING if zone == "UTC" else MORNING - 5 * 60
    with zipfile.ZipFile(week.folder / "future/cme/minute/es/20140602_quote.zip", "w") as archive:
        rows = [_quote(start + place, *quote) for place, quote in enumerate(quotes)]
        archive.writestr("20140602_es_minute_quote_201406.csv", "\n".join(rows))

    class Quotes(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY)
            self.set_benchmark(lambda _time: 1)
            self.future = self.add_future("ES", fill_forward=False, data_mapping_mode=DataMappingMode.LAST_TRADING_DAY)
            self.middles: list[float] = []
            self.pairs: list[float] = []
            self.consolidate(self.future.symbol, timedelta(minutes=2), TickType.QUOTE, self.take)

        def take(self, bar: QuoteBar) -> None:
            self.pairs.append(bar.close)

        def on_data(self, data: Slice) -> None:
            for bar in data.quote_bars.values():
                assert bar.close == bar.value == self.future.price
                self.middles.append(bar.close)

        def on_end_of_algorithm(self) -> None:
            self.frame = self.history(QuoteBar, self.future.symbol, timedelta(days=1), Resolution.MINUTE)

    found = week.run(Quotes, stretch=stretch).algorithm
    expected = [to_float((bid * factor + ask * factor) / 2) for bid, ask in quotes]
    assert found.middles == expected
    assert found.pairs == expected[1::2]
    assert found.frame["close"].dropna().tolist()[: len(expected)] == expected
