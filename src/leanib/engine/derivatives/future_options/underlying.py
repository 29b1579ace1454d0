"""The future that an option on it delivers (`Common/Securities/FutureOption/FuturesOptionsUnderlyingMapper.cs`)."""

from __future__ import annotations

from datetime import datetime

from leanib.engine.derivatives.futures.calendar import add_months, future_contract_month
from leanib.engine.derivatives.futures.expiry import future_expiry
from leanib.engine.derivatives.futures.listings import FuturesListings
from leanib.engine.dotnet.exceptions import ArgumentNullException
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import SecurityType, Symbol
from leanib.engine.symbols.future_tickers import contract_month_delta, future_ticker_of_option

__all__ = ["FuturesOptionsUnderlyingMapper"]

_BY_LISTING = frozenset(["ZB", "ZC", "ZN", "ZS", "ZM", "ZT", "ZW", "ZL", "TN", "6A", "6B", "6M", "6J", "6E", "6C"])
_MONTH_AFTER_OPTION = frozenset(
    ["ZB", "ZC", "ZM", "ZN", "TN", "ZS", "ZT", "ZW", "ZL", "HG", "GC", "SI", "UB", "ZO", "KE", "ZF", "LBR", "LBS"]
)


class FuturesOptionsUnderlyingMapper(LeanNames):
    """Finds the contract of an option that is known by ticker and expiry only."""

    @staticmethod
    def get_underlying_future_from_future_option(
        future_option_ticker: str, market: str, future_option_expiration: datetime, date: datetime | None = None
    ) -> Symbol | None:
        """The future's symbol; None when none of the contracts listed on `date` fits.

        The date is needed for bonds, grains and currencies, whose options are on the next listed contract.
        """
        ticker = future_ticker_of_option(future_option_ticker)
        canonical = Symbol.create(ticker, SecurityType.FUTURE, market)
        month = FuturesOptionsUnderlyingMapper.get_future_contract_month_no_rules_applied(
            canonical, future_option_expiration
        )
        contract_month = _contract_month(ticker, month, date)
        if contract_month is None:
            return None
        return Symbol.create_future(ticker, market, future_expiry(canonical)(contract_month))

    @staticmethod
    def get_future_contract_month_no_rules_applied(
        canonical_future_symbol: Symbol, future_option_expiration_date: datetime
    ) -> datetime:
        """The contract month that belongs to the option's month of expiry, were a contract listed every month."""
        ticker = canonical_future_symbol.id.symbol
        months = 1 if ticker in _MONTH_AFTER_OPTION else contract_month_delta(ticker)
        day = future_option_expiration_date
        return add_months(datetime(day.year, day.month, 1), months)


def _contract_month(ticker: str, month: datetime, date: datetime | None) -> datetime | None:
    """The month of the contract that options of a month are on."""
    if ticker in _BY_LISTING:
        if date is None:
            raise ArgumentNullException(f"the future of an option on {ticker} can only be told for a date")
        return _first_listed(ticker, month, date)
    if ticker in ("HG", "SI"):
        if month.month <= 3:
            return datetime(month.year, 3, 1)
        return month if month.month % 2 else add_months(month, 1)
    if ticker == "GC" and month.month % 2:
        return add_months(month, 1)
    return month


def _first_listed(ticker: str, month: datetime, date: datetime) -> datetime | None:
    listed = FuturesListings.listed_contracts(ticker, date) or []
    months = [future_contract_month(contract) for contract in sorted(listed, key=lambda symbol: symbol.id.date)]
    return next((listed_month for listed_month in months if listed_month >= month), None)
