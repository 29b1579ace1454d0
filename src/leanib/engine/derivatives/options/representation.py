"""Tickers of options and futures as exchanges and brokers write them (`Common/SymbolRepresentation.cs`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from leanib.engine.assets import asset_of
from leanib.engine.derivatives.future_options.expiry import FuturesOptionsExpiryFunctions
from leanib.engine.derivatives.futures.expiry import future_expiry
from leanib.engine.dotnet.exceptions import ArgumentException, FormatException
from leanib.engine.exchanges.symbol_properties import SymbolPropertiesDatabase
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import Market, OptionRight, OptionStyle, SecurityIdentifier, SecurityType, Symbol
from leanib.engine.symbols.future_tickers import FUTURES_MONTH_CODES, future_ticker_of_option, generate_future_ticker

__all__ = ["FutureTicker", "OptionTicker", "SymbolRepresentation", "parse_future_ticker", "parse_option_ticker"]

_OPTION = re.compile(r"([A-Z0-9.]+)\s*(\d{6})([CP])(\d{8})", re.IGNORECASE)
_FUTURE = re.compile(rf"(.+?)(\d\d)?([{FUTURES_MONTH_CODES}])(\d\d?)")


class OptionTicker(NamedTuple):
    """`GOOG  151224C00750000`, taken apart."""

    ticker: str
    expiry: datetime
    right: OptionRight
    strike: Decimal


class FutureTicker(NamedTuple):
    """`ES20Z13`, taken apart; the day is 1 where the ticker has none, the year of one or two digits."""

    underlying: str
    expiration_day: int
    expiration_month: int
    expiration_year_short: int
    expiration_year_short_length: int


def parse_option_ticker(ticker: str | None) -> OptionTicker | None:
    """An OSI ticker's parts, the blanks left out or not; None if it is not one."""
    match = _OPTION.fullmatch(ticker or "")
    if match is None:
        return None
    name, day, right, thousandths = match.groups()
    try:
        expiry = datetime.strptime(day, "%y%m%d")
    except ValueError:  # no such day: not a ticker
        return None
    return OptionTicker(name, expiry, OptionRight("CP".index(right.upper())), Decimal(thousandths) / 1000)


def parse_future_ticker(ticker: str) -> FutureTicker | None:
    """A future's ticker's parts; None if it is not one."""
    match = _FUTURE.fullmatch(ticker)
    if match is None:
        return None
    name, day, month, year = match.groups()
    return FutureTicker(name, int(day or 1), FUTURES_MONTH_CODES.index(month) + 1, int(year), len(year))


class SymbolRepresentation(LeanNames):
    """From tickers to symbols and back."""

    parse_future_ticker = staticmethod(parse_future_ticker)
    generate_future_ticker = staticmethod(generate_future_ticker)

    @staticmethod
    def parse_future_symbol(ticker: str, future_year: int | None = None) -> Symbol | None:
        """The contract of a ticker; None if it is no future's ticker or no market is known to have it.

        The year is the first with these digits from `future_year` on; without it two digits are of this century, and
        one digit means the first such year from now on.
        """
        parsed = parse_future_ticker(ticker)
        if parsed is None:
            return None
        market = SymbolPropertiesDatabase.from_data_folder().find_market(parsed.underlying, SecurityType.FUTURE)
        if market is None:
            return None
        month = datetime(_expiration_year(parsed, future_year), parsed.expiration_month, 1)
        expiry = future_expiry(Symbol.create(parsed.underlying, SecurityType.FUTURE, market))(month)
        return Symbol.create_future(parsed.underlying, market, expiry)

    @staticmethod
    def parse_future_option_symbol(ticker: str, strike_scale: int = 1) -> Symbol | None:
        """The option of a ticker such as `ESZ30 C3505`; None if it is not one."""
        contract, _, terms = ticker.partition(" ")
        parsed = parse_future_ticker(contract)
        right = "CP".find(terms[:1].upper()) if terms else -1
        if parsed is None or right < 0:
            return None
        name = future_ticker_of_option(parsed.underlying)
        market = SymbolPropertiesDatabase.from_data_folder().find_market(name, SecurityType.FUTURE)
        if market is None:
            return None
        short = parsed.expiration_year_short
        month = datetime(2000 + (short + 20 if short < 10 else short), parsed.expiration_month, 1)
        future = Symbol.create_future(
            name, market, future_expiry(Symbol.create(name, SecurityType.FUTURE, market))(month)
        )
        expiry = FuturesOptionsExpiryFunctions.get_future_option_expiry_from_future_expiry(future)
        strike = Decimal(terms[1:]) / strike_scale
        return Symbol.create_option(future, market, OptionStyle.AMERICAN, OptionRight(right), strike, expiry)

    @staticmethod
    def generate_option_ticker_osi_compact(symbol: Symbol) -> str:
        """`GOOG151224C00750000`."""
        if not symbol.asset.is_option or symbol.underlying is None:
            kind = symbol.security_type.lean_name
            raise ArgumentException(f"GenerateOptionTickerOSICompact returns symbol to be an option, received {kind}.")
        identifier = symbol.id
        thousandths = int((identifier.strike_price_decimal * 1000).to_integral_value())
        right = "CP"[identifier.option_right]
        return f"{symbol.underlying.value}{identifier.date:%y%m%d}{right}{thousandths:08d}"

    @staticmethod
    def parse_option_ticker_osi(
        ticker: str,
        security_type: SecurityType = SecurityType.OPTION,
        option_style: OptionStyle = OptionStyle.AMERICAN,
        market: str = Market.USA,
    ) -> Symbol:
        """The option of an OSI ticker; a FormatException if it is not one."""
        parsed = parse_option_ticker(ticker)
        if parsed is None:
            raise FormatException(
                f"Invalid ticker format {ticker}; expected underlying, yymmdd, C or P, and the strike in thousandths"
            )
        underlying, target = asset_of(security_type).osi_underlying(parsed.ticker, parsed.expiry, market)
        identifier = SecurityIdentifier.generate_option(
            parsed.expiry, underlying.id, target, market, parsed.strike, parsed.right, option_style
        )
        return Symbol(identifier, ticker, underlying)

    # .NET's names have three capitals
    ParseOptionTickerOSI = parse_option_ticker_osi
    GenerateOptionTickerOSICompact = generate_option_ticker_osi_compact


def _expiration_year(parsed: FutureTicker, future_year: int | None) -> int:
    if future_year is None and parsed.expiration_year_short_length > 1:
        return 2000 + parsed.expiration_year_short
    least = datetime.now(UTC).year if future_year is None else future_year
    year = 1900 + parsed.expiration_year_short
    while year < least:
        year += 10
    return year
