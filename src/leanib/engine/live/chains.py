"""The contracts of a chain from IB, where the data folder has no list of the day before.

LEAN asks nobody else than its files then (`BaseChainUniverseData.cs`). IB tells which contracts there are, not what
they cost or how many are open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ib_async import Contract, ContractDetails

from leanib.engine.derivatives.chains.universe_data import BaseChainUniverseData
from leanib.engine.live.bridge import Bridge
from leanib.engine.live.contracts import ib_name, lean_price, lean_symbol
from leanib.engine.live.history import PastBars
from leanib.engine.market.calendars import ONE_DAY, midnight
from leanib.engine.numbers import to_decimal
from leanib.engine.symbols import Symbol
from leanib.errors import LeanIBError
from leanib.ib import IBConnectionManager, RequestTimedOut
from leanib.ib.contracts import answered, qualify

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["IBChains"]

_TIMEOUT = 600.0
_ANSWER = 120.0
_BEFORE_OPENING = timedelta(minutes=30)
"""So long before the market opens a file of the day before is still waited for."""
_LOOK_AGAIN = timedelta(minutes=10)


class IBChains:
    """Asks IB for the contracts that there are today, once a day and chain.

    Args:
        algorithm: Whose chains they are.
        bridge: Reaches the connection.
        services: The connection with its services.
        past: Gives the prices of what options are on.
        tell: Told once a chain that its list is IB's, and what it lacks.
    """

    def __init__(
        self,
        algorithm: QCAlgorithm,
        bridge: Bridge,
        services: IBConnectionManager,
        past: PastBars,
        tell: Callable[[str], object],
    ) -> None:
        self._algorithm = algorithm
        self._bridge = bridge
        self._services = services
        self._past = past
        self._tell = tell
        self._known: dict[tuple[Symbol, datetime], BaseChainUniverseData] = {}
        self._asked_at: dict[Symbol, datetime] = {}
        self._told: set[str] = set()

    def of(self, canonical: Symbol, day: datetime) -> BaseChainUniverseData | None:
        """The contracts as of a day (the exchange's) when that is the last one before today; else None."""
        entry = self._algorithm.market_hours_database.get_entry(canonical, [canonical.asset.chain_type()])
        hours: SecurityExchangeHours = entry.exchange_hours
        now = hours.time_zone.to_local(self._bridge.now())
        opens = hours.get_next_market_open(midnight(now), False)
        if day != hours.get_previous_trading_day(midnight(now)) or now < opens - _BEFORE_OPENING:
            return None
        key = canonical, day
        asked = self._asked_at.get(canonical)
        if key not in self._known and (asked is None or self._bridge.now() - asked >= _LOOK_AGAIN):
            self._asked_at[canonical] = self._bridge.now()
            found = self._ask(canonical, day)
            if found is not None:
                self._known = {known: rows for known, rows in self._known.items() if known[1] == day}
                self._known[key] = found
        return self._known.get(key)

    def _ask(self, canonical: Symbol, day: datetime) -> BaseChainUniverseData | None:
        query = canonical.asset.ib_chain(canonical)
        if query is None:
            return None
        try:
            details = self._bridge.call(self._contracts(canonical, query), _TIMEOUT)
            underlying = self._underlying(canonical, day)
        except LeanIBError as error:
            self._tell_once(f"Warning: no contracts of {canonical.value} from Interactive Brokers: {error}")
            return None
        kind = canonical.asset.chain_type()
        chain: BaseChainUniverseData = kind(day, canonical)
        chain.underlying = underlying
        now = self._bridge.now()
        for answer in details:
            symbol = lean_symbol(answer.contract, now) if answer.contract is not None else None
            if symbol is not None and symbol.canonical == canonical:
                row = kind(day, symbol)
                row.underlying = underlying
                chain.data.append(row)
        chain.data.sort(key=lambda row: (row.symbol.id.date, row.symbol.value))
        self._tell_once(
            f"the data folder has no list of {canonical.value}'s contracts of {day:%Y-%m-%d}: the {len(chain.data)} "
            "that Interactive Brokers lists are taken, without prices, open interest and Greeks, so that filters by "
            "these find none"
        )
        return chain if chain.data else None

    async def _contracts(self, canonical: Symbol, query: Contract) -> list[ContractDetails]:
        """Every contract; of options month by month, as IB would take long for all at once."""
        client = self._services.connection.client
        if not canonical.asset.is_option:
            return await self._details(query)
        assert canonical.underlying is not None
        timeout = self._services.settings.connection.request_timeout
        under = (await qualify(client, ib_name(canonical.underlying), timeout)).contract
        exchange = "" if query.exchange == "SMART" else query.exchange
        chains = await answered(
            client.reqSecDefOptParamsAsync(under.symbol, exchange, under.secType, under.conId), "the expiries", _ANSWER
        )
        own = [chain for chain in chains if chain.tradingClass == query.tradingClass]
        months = sorted({expiry[:6] for chain in own for expiry in chain.expirations})
        found: list[ContractDetails] = []
        for month in months:
            query.lastTradeDateOrContractMonth = month
            found += await self._details(query)
        return found

    async def _details(self, query: Contract) -> list[ContractDetails]:
        client = self._services.connection.client
        return await answered(client.reqContractDetailsAsync(query), "the contracts", _ANSWER)

    def _underlying(self, canonical: Symbol, day: datetime) -> BaseChainUniverseData | None:
        """The day's bar of what the options are on: filters by strike need its price."""
        symbol = canonical.underlying
        if symbol is None or not canonical.asset.is_option:
            return None
        begin = day.replace(tzinfo=UTC)
        bars = self._past(ib_name(symbol), "1 day", "TRADES", begin, begin + ONE_DAY, True)
        if not bars:
            raise RequestTimedOut(f"IB has no price of {symbol.value} of {day:%Y-%m-%d}")
        bar = bars[-1]
        prices = ",".join(
            str(lean_price(symbol, to_decimal(price))) for price in (bar.open, bar.high, bar.low, bar.close)
        )
        row: BaseChainUniverseData = canonical.asset.chain_type()(day, symbol, f"{prices},{bar.volume}")
        return row

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)
