"""What is told of quotes, and when."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ib_async import Contract, ContractDetails, Ticker

from leanib.ib.clock import SystemClock
from leanib.ib.contracts import Instrument
from leanib.ib.quotes import Gap, Quote, QuoteStatus
from leanib.ib.quotes.subscription import Subscription


class _Listening:
    """A subscription with what it tells, and IB's side of it."""

    def __init__(self) -> None:
        self.told: list[Quote | Gap] = []
        self.ticks: list[str] = []
        self.streamed = False
        contract = Contract(conId=1, symbol="SPY", secType="STK")
        self.ticker = Ticker(contract=contract)
        self.subscription = Subscription(
            Instrument("SPY", contract, ContractDetails(contract=contract)),
            SystemClock(),
            self.told.append,
            lambda name, _ticks: self.ticks.append(name),
            lambda: self.streamed,
        )
        client: Any = SimpleNamespace(
            subscribe_quotes=lambda _contract: (7, self.ticker), unsubscribe_quotes=lambda _contract: None
        )
        self.subscription.add_name("SPY")
        self.subscription.start(client)

    def tick(self, kind: int = 1) -> None:
        """IB sends a price; `kind` is its type of data."""
        self.ticker.marketDataType = kind
        self.ticker.updateEvent.emit(self.ticker)

    def names(self) -> list[str]:
        """The symbols of what was told since the last look."""
        told, self.told[:] = [item.symbol for item in self.told], []
        return told


@pytest.fixture
def listening() -> _Listening:
    """Nobody reads a stream of it."""
    return _Listening()


def test_a_quote_is_made_for_who_reads_it(listening: _Listening) -> None:
    """Every tick is passed on; quotes that tell of prices alone only while a stream is read."""
    for _ in range(3):
        listening.tick()
    assert listening.names() == ["SPY"]
    listening.streamed = True
    for _ in range(3):
        listening.tick()
    assert listening.names() == ["SPY"] * 3
    assert listening.ticks == ["SPY"] * 6


def test_another_type_of_data_is_told(listening: _Listening) -> None:
    """Delayed data is nothing that a user should find out by the prices."""
    listening.tick()
    listening.names()
    listening.tick(kind=3)
    listening.tick(kind=3)
    (quote,) = listening.told
    assert isinstance(quote, Quote)
    assert quote.data_type == "delayed"


def test_what_was_interrupted_and_refused_is_told_when_it_is_back(listening: _Listening) -> None:
    """A gap with its begin and its end, and the quote after it."""
    listening.tick()
    listening.names()
    listening.subscription.mark(QuoteStatus.STALE, "no tick")
    listening.tick()
    begin, end, quote = listening.told
    assert isinstance(begin, Gap)
    assert isinstance(end, Gap)
    assert (begin.until, end.until is None) == (None, False)
    assert isinstance(quote, Quote)
    listening.names()
    listening.subscription.mark(QuoteStatus.REFUSED, "354: not subscribed")
    listening.tick()
    assert [item.status for item in listening.told if isinstance(item, Quote)] == [
        QuoteStatus.REFUSED,
        QuoteStatus.CURRENT,
    ]


def test_a_further_name_hears_of_what_it_finds(listening: _Listening) -> None:
    """Who subscribes a contract that is streamed already learns that its data is delayed."""
    listening.tick(kind=3)
    listening.names()
    listening.subscription.add_name("SPY@ARCA")
    listening.tick(kind=3)
    listening.tick(kind=3)
    assert listening.names() == ["SPY", "SPY@ARCA"]
