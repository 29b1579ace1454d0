"""What options of all kinds have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.data.paths import check_ticker
from leanib.engine.assets.base import LOW_RESOLUTIONS, Asset
from leanib.engine.enums import Resolution, TickType

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security
    from leanib.engine.symbols.map_files import MapFile
    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["CONTRACT_TICK_TYPES", "ContractAsset", "OptionContractAsset"]

CONTRACT_TICK_TYPES = (TickType.QUOTE, TickType.TRADE, TickType.OPEN_INTEREST)


class ContractAsset(Asset):
    """Contracts that expire, with a canonical symbol that stands for them all."""

    has_contracts = True
    has_leverage = False
    tick_types = CONTRACT_TICK_TYPES
    session_of_quotes = True
    can_be_delisted = True

    def delisting_date(self, symbol: Symbol, map_file: MapFile) -> datetime:
        """The expiry with its time of day, or the last day of trading before it; never for a canonical symbol."""
        from leanib.engine.symbols.map_files import END_OF_TIME

        return END_OF_TIME if symbol.is_canonical() else self.last_day(symbol)

    def last_day(self, symbol: Symbol) -> datetime:
        """A contract's (`Extensions.GetDelistingDate`), in the exchange's zone."""
        return symbol.id.date

    def universe_folder(self, canonical: Symbol) -> str:
        """Named by the ticker."""
        return canonical.id.symbol.lower()

    def chain_type(self) -> type:
        """The class of a day's contracts."""
        from leanib.engine.derivatives.chains import FutureUniverse

        return FutureUniverse


class OptionContractAsset(ContractAsset):
    """Options: named by what they are on, expiry, right and strike."""

    is_option = True
    is_always_raw = True
    frame_levels = 5
    has_underlying_security = True
    #: strikes around the money and times to expiry that a chain has unless somebody sets a filter
    default_filter: tuple[Any, ...] = (-1, 1, timedelta(0), timedelta(days=35))

    def chain_type(self) -> type:
        """The class of a day's contracts."""
        from leanib.engine.derivatives.chains import OptionUniverse

        return OptionUniverse

    def margin_model(self, security: Security, free_percent: float = 0.0) -> Any:
        """What holding so many ties up."""
        from leanib.engine.derivatives.margin import OptionMarginModel

        return OptionMarginModel(free_percent)

    def price_model(self, symbol: Symbol, securities: Mapping[Symbol, Any]) -> Any:
        """The indicators'."""
        from leanib.engine.derivatives.pricing.indicator_model import IndicatorBasedOptionPriceModel

        return IndicatorBasedOptionPriceModel(securities=securities)

    def buying_power_model(self, security: Security, leverage: float, free_percent: float, is_cash: bool) -> Any:
        """The margin that exchanges ask for."""
        return self.margin_model(security, free_percent)

    def is_canonical(self, identifier: SecurityIdentifier) -> bool:
        """Without an expiry."""
        from leanib.engine.symbols.security_identifier import DEFAULT_DATE

        return identifier.has_underlying and identifier.date == DEFAULT_DATE

    def canonical(self, symbol: Symbol) -> Symbol:
        """The one without expiry and strike."""
        if symbol.underlying is None:
            return super().canonical(symbol)
        return type(symbol).create_canonical_option(symbol.underlying, symbol.id.symbol, symbol.id.market)

    def alias(self, identifier: SecurityIdentifier, underlying: Symbol | None) -> str | None:
        """The OCC's text, or `?` and the ticker; an option's own ticker wins over its underlying's: OG on GC."""
        from leanib.engine.symbols.symbol import generate_option_ticker_osi

        if underlying is None:
            return None
        mapped = identifier.symbol != underlying.id.symbol
        ticker = identifier.symbol if mapped else underlying.value
        if self.is_canonical(identifier):
            return f"?{ticker.upper()}"
        if len(ticker) > 5:
            ticker += " "
        return generate_option_ticker_osi(
            ticker, identifier.option_right, identifier.strike_price_decimal, identifier.date
        )

    def is_standard_contract(self, symbol: Symbol) -> bool:
        """Whether a filter for standard contracts keeps it."""
        from leanib.engine.derivatives.options.symbol import OptionSymbol

        return OptionSymbol.is_standard(symbol)

    def file_ticker(self, symbol: Symbol) -> str:
        """What its files are named by: the option's own ticker."""
        return symbol.id.symbol.lower()

    def file_folder(self, symbol: Symbol) -> str:
        """Where its files of a day are, below the resolution."""
        return f"{self.file_ticker(symbol)}/"

    def low_resolution_folder(self, symbol: Symbol) -> str:
        """Where its files of hours and days are, below the resolution."""
        return ""

    def data_file(self, symbol: Symbol, mapped_ticker: str, day: datetime, resolution: Resolution, tick: str) -> str:
        """One zip a day for all contracts; of hours and days one a year."""
        style = symbol.id.option_style.name.lower()
        if resolution not in LOW_RESOLUTIONS:
            return f"{self.file_folder(symbol)}{day:%Y%m%d}_{tick}_{style}.zip"
        ticker = check_ticker(self.file_ticker(symbol))
        return f"{self.low_resolution_folder(symbol)}{ticker}_{day.year}_{tick}_{style}.zip"

    def file_key(self, mapped_ticker: str, day: datetime) -> object:
        """A file a ticker and a year."""
        return mapped_ticker, day.year

    def data_entry(self, symbol: Symbol, day: datetime, resolution: Resolution, tick: str) -> str:
        """Day, ticker, resolution, data, style, right, strike in ten-thousandths and expiry."""
        identifier = symbol.id
        ticker = self.file_ticker(symbol)
        is_low = resolution in LOW_RESOLUTIONS
        head = f"{ticker}_{tick}" if is_low else f"{day:%Y%m%d}_{ticker}_{resolution.name.lower()}_{tick}"
        style, right = identifier.option_style.name.lower(), identifier.option_right.name.lower()
        strike = int(identifier.strike_price_decimal * 10000)
        return f"{head}_{style}_{right}_{strike}_{identifier.date:%Y%m%d}.csv"

    def database_key(self, symbol: Symbol) -> str:
        """The option's own ticker."""
        return symbol.id.symbol if symbol.has_underlying else ""

    def frame_keys(self, symbol: Symbol) -> list[Any]:
        """All three."""
        return [symbol.id.date, symbol.id.strike_price, symbol.id.option_right]
