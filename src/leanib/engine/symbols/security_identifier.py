"""Security identifiers, in LEAN's exact encoding (`Common/SecurityIdentifier.cs`).

`SPY R735QTJ8XC9X` is a first ticker and a base-36 number whose decimal digits, from the right, are: security type (2),
market (3), strike scale (2), strike (6), option style (1), days since 1899-12-30 (5), put or call (1). The identifier
of a derivative is followed by `|` and its underlying's.
"""

from __future__ import annotations

import datetime as dt
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from leanib.engine.assets import asset_of
from leanib.engine.enums import OptionRight, OptionStyle, SecurityType
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import to_decimal, to_float
from leanib.engine.symbols.globals import PerRun
from leanib.engine.symbols.map_files import MapFileProvider
from leanib.engine.symbols.market import Market

__all__ = ["DEFAULT_DATE", "SecurityIdentifier", "option_type_of"]

DEFAULT_DATE = datetime(1899, 12, 30)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_MARKET_OFFSET = 100
_STRIKE_SCALE_OFFSET = 100 * 1000
_STRIKE_OFFSET = _STRIKE_SCALE_OFFSET * 100
_STYLE_OFFSET = _STRIKE_OFFSET * 1_000_000
_DAYS_OFFSET = _STYLE_OFFSET * 10
_PUT_CALL_OFFSET = _DAYS_OFFSET * 100_000
_STRIKE_SCALE = 6
_NEGATIVE_STRIKE = 1 << 19
_MAX_STRIKE = 475_711


def option_type_of(underlying: SecurityType) -> SecurityType:
    """The type of the options on an underlying of that type."""
    kind = asset_of(underlying).option_kind
    if kind is None:
        raise ValueError(f"there are no options on securities of type {underlying}")
    return kind


def _encode_base36(number: int) -> str:
    digits = []
    while number:
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits)) or "0"


@lru_cache(4096)
def _encode_strike(strike: Decimal) -> int:
    """The strike's digits and scale, already multiplied by their offsets."""
    if not strike:
        return 0
    unscaled = strike * 10**_STRIKE_SCALE
    scale = 0
    while unscaled % 10 == 0:
        unscaled /= 10
        scale += 1
    if abs(unscaled) >= _MAX_STRIKE:
        raise ValueError(f"the strike price {strike} cannot be encoded: its significant digits exceed {_MAX_STRIKE}")
    digits = int(abs(unscaled)) | (_NEGATIVE_STRIKE if unscaled < 0 else 0)
    return digits * _STRIKE_OFFSET + scale * _STRIKE_SCALE_OFFSET


def _as_datetime(value: dt.date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)


_CUSTOM_TYPES: PerRun[dict[str, type]] = PerRun(dict)
"""Custom data types by name."""


class SecurityIdentifier(LeanObject):
    """The identity of a security, stable over ticker changes."""

    __slots__ = (
        "_date",
        "_hash",
        "_properties",
        "_strike",
        "_text",
        "_underlying",
        "market",
        "security_type",
        "symbol",
    )

    EMPTY: SecurityIdentifier
    NONE: SecurityIdentifier
    Empty: SecurityIdentifier
    DEFAULT_DATE = DefaultDate = DEFAULT_DATE
    _parsed: dict[str, SecurityIdentifier] = {}  # noqa: RUF012 - the process's cache

    symbol: str
    market: str
    security_type: SecurityType

    def __init__(self, symbol: str, properties: int, underlying: SecurityIdentifier | None = None) -> None:
        if "|" in symbol or " " in symbol:
            raise ValueError(f"the symbol '{symbol}' of a security identifier must not contain '|' or a blank")
        self.symbol = symbol
        self._properties = properties
        # An empty identifier as underlying means none (`SecurityIdentifier.Empty` in LEAN).
        self._underlying = underlying if underlying is not None and underlying._properties else None
        self.security_type = SecurityType(properties % 100)
        code = properties // _MARKET_OFFSET % 1000
        self.market = Market.decode(code) or str(code)
        self._date: datetime | None = None
        self._strike: Decimal | None = None
        self._text: str | None = None
        self._hash = hash((symbol, properties))

    # --- what it tells -------------------------------------------------------------------------------------------

    @property
    def has_underlying(self) -> bool:
        """Whether it is a derivative's."""
        return self._underlying is not None

    @property
    def underlying(self) -> SecurityIdentifier:
        """The underlying's identifier."""
        if self._underlying is None:
            raise ValueError(f"the security identifier '{self}' has no underlying; check has_underlying first")
        return self._underlying

    @property
    def date(self) -> datetime:
        """First trading date of an equity, expiry of a derivative."""
        if self._date is None:
            if not asset_of(self.security_type).is_dated:
                raise ValueError(f"security identifiers of type {self.security_type.lean_name} have no date")
            self._date = DEFAULT_DATE + timedelta(days=self._properties // _DAYS_OFFSET % 100_000)
        return self._date

    @property
    def strike_price_decimal(self) -> Decimal:
        """The option's strike."""
        if self._strike is None:
            self._require_option()
            scale = self._properties // _STRIKE_SCALE_OFFSET % 100
            digits = self._properties // _STRIKE_OFFSET % 1_000_000
            negative = digits >> 19 & 1
            magnitude = Decimal(digits ^ _NEGATIVE_STRIKE if negative else digits) * to_decimal(
                10.0 ** (scale - _STRIKE_SCALE)
            )
            self._strike = -magnitude if negative else magnitude
        return self._strike

    @property
    def strike_price(self) -> float:
        """The option's strike."""
        return to_float(self.strike_price_decimal)

    @property
    def option_right(self) -> OptionRight:
        """Call or put."""
        self._require_option()
        return OptionRight(self._properties // _PUT_CALL_OFFSET % 10)

    @property
    def option_style(self) -> OptionStyle:
        """American or European."""
        self._require_option()
        return OptionStyle(self._properties // _STYLE_OFFSET % 10)

    def _require_option(self) -> None:
        if not asset_of(self.security_type).is_option:
            raise ValueError(f"the security identifier '{self}' is not an option's")

    # --- making them ---------------------------------------------------------------------------------------------

    @classmethod
    def _generate(
        cls,
        day: dt.date,
        symbol: str,
        security_type: SecurityType,
        market: str,
        option_part: int = 0,
        underlying: SecurityIdentifier | None = None,
    ) -> SecurityIdentifier:
        code = Market.encode(market.lower())
        if code is None:
            raise ValueError(f"the market '{market}' is not known; use one of Market's, or Market.add it first")
        moment = _as_datetime(day)
        days = (moment - DEFAULT_DATE).days * _DAYS_OFFSET
        identifier = cls(symbol, option_part + days + code * _MARKET_OFFSET + int(security_type), underlying)
        if asset_of(security_type).is_dated:
            identifier._date = moment
        return identifier

    @classmethod
    def generate_equity(cls, *arguments: Any, **options: Any) -> SecurityIdentifier:
        """`generate_equity(symbol, market, map_symbol=True, ...)` or `generate_equity(date, symbol, market)`."""
        if (arguments and isinstance(arguments[0], dt.date)) or "date" in options:
            return cls._generate_dated_equity(*arguments, **options)
        return cls._generate_mapped_equity(*arguments, **options)

    @classmethod
    def _generate_dated_equity(cls, date: dt.date, symbol: str, market: str) -> SecurityIdentifier:
        return cls._generate(date, symbol.upper(), SecurityType.EQUITY, market)

    @classmethod
    def _generate_mapped_equity(
        cls, symbol: str, market: str, map_symbol: bool = True, mapping_resolve_date: dt.date | None = None
    ) -> SecurityIdentifier:
        first_date = DEFAULT_DATE
        if map_symbol:
            symbol, first_date = cls._first_ticker_and_date(symbol, market, mapping_resolve_date)
        return cls._generate_dated_equity(first_date, symbol, market)

    @staticmethod
    def _first_ticker_and_date(ticker: str, market: str, resolve_date: dt.date | None = None) -> tuple[str, datetime]:
        """Who the ticker's holder was at first: tickers change hands, and the one of today is meant."""
        map_file = MapFileProvider.resolver(market).resolve_map_file(ticker, resolve_date or dt.date.today())
        return (map_file.first_ticker, map_file.first_date) if map_file.rows else (ticker, DEFAULT_DATE)

    @classmethod
    def generate_option(
        cls,
        expiry: dt.date,
        underlying: SecurityIdentifier,
        target_option: str | None,
        market: str,
        strike: Decimal | float,
        option_right: OptionRight,
        option_style: OptionStyle,
    ) -> SecurityIdentifier:
        """An option's; `target_option` is the option's own ticker where it differs from the underlying's."""
        if not target_option:
            target_option = asset_of(underlying.security_type).option_ticker(underlying.symbol)
        exact = to_decimal(strike)
        parts = _encode_strike(exact) + int(option_style) * _STYLE_OFFSET + int(option_right) * _PUT_CALL_OFFSET
        kind = option_type_of(underlying.security_type)
        identifier = cls._generate(expiry, target_option.upper(), kind, market, parts, underlying)
        identifier._strike = exact
        return identifier

    def contract(self, expiry: datetime, strike: Decimal, option_right: OptionRight) -> SecurityIdentifier:
        """Of a canonical option, whose properties stand in this identifier: that of one of its contracts."""
        parts = _encode_strike(strike) + (expiry - DEFAULT_DATE).days * _DAYS_OFFSET
        properties = self._properties + parts + int(option_right) * _PUT_CALL_OFFSET
        identifier = type(self)(self.symbol, properties, self._underlying)
        identifier._date, identifier._strike = expiry, strike
        return identifier

    @classmethod
    def generate_future(cls, expiry: dt.date, symbol: str, market: str) -> SecurityIdentifier:
        """A futures contract's; with DEFAULT_DATE that of the continuous future."""
        return cls._generate(expiry, symbol.upper(), SecurityType.FUTURE, market)

    @classmethod
    def generate_crypto_future(cls, expiry: dt.date, symbol: str, market: str) -> SecurityIdentifier:
        """A crypto future's; perpetual ones have DEFAULT_DATE."""
        return cls._generate(expiry, symbol.upper(), SecurityType.CRYPTO_FUTURE, market)

    @classmethod
    def generate_forex(cls, symbol: str, market: str) -> SecurityIdentifier:
        """A currency pair's."""
        return cls._generate(DEFAULT_DATE, symbol.upper(), SecurityType.FOREX, market)

    @classmethod
    def generate_crypto(cls, symbol: str, market: str) -> SecurityIdentifier:
        """A crypto pair's."""
        return cls._generate(DEFAULT_DATE, symbol.upper(), SecurityType.CRYPTO, market)

    @classmethod
    def generate_cfd(cls, symbol: str, market: str) -> SecurityIdentifier:
        """A contract for difference's."""
        return cls._generate(DEFAULT_DATE, symbol.upper(), SecurityType.CFD, market)

    @classmethod
    def generate_index(cls, symbol: str, market: str) -> SecurityIdentifier:
        """An index's."""
        return cls._generate(DEFAULT_DATE, symbol.upper(), SecurityType.INDEX, market)

    @classmethod
    def generate_constituent_identifier(
        cls, symbol: str, security_type: SecurityType, market: str
    ) -> SecurityIdentifier:
        """A universe's; the case of its name is kept."""
        return cls._generate(DEFAULT_DATE, symbol, security_type, market)

    @classmethod
    def generate_base_symbol(cls, data_type: type | None, symbol: str) -> str:
        """`TICKER.TypeName`, and remembers the type under its name."""
        if data_type is None:
            return symbol
        _CUSTOM_TYPES()[data_type.__name__] = data_type
        return f"{symbol.upper()}.{data_type.__name__}"

    @classmethod
    def generate_base(
        cls,
        data_type: type | None,
        symbol: str,
        market: str,
        map_symbol: bool = False,
        date: dt.date | None = None,
    ) -> SecurityIdentifier:
        """That of custom data."""
        first_date = date or DEFAULT_DATE
        if map_symbol:
            symbol, first_date = cls._first_ticker_and_date(symbol, market)
        return cls._generate(first_date, cls.generate_base_symbol(data_type, symbol), SecurityType.BASE, market)

    @classmethod
    def try_get_custom_data_type(cls, symbol: str) -> str | None:
        """`TypeName` of `TICKER.TypeName`."""
        _, dot, name = symbol.rpartition(".")
        return name if dot and name else None

    @classmethod
    def try_get_custom_data_type_instance(cls, symbol: str) -> type | None:
        """The type that `generate_base` saw under the name in `TICKER.TypeName`."""
        return _CUSTOM_TYPES().get(cls.try_get_custom_data_type(symbol) or "")

    @classmethod
    def parse(cls, value: str | None) -> SecurityIdentifier:
        """Reads `SPY R735QTJ8XC9X`, or raises ValueError."""
        identifier = cls.try_parse(value)
        if identifier is None:
            raise ValueError(f"'{value}' is not a security identifier such as 'SPY R735QTJ8XC9X'")
        return identifier

    @classmethod
    def try_parse(cls, value: str | None) -> SecurityIdentifier | None:
        """Reads `SPY R735QTJ8XC9X`; None when it is not one."""
        if value is None or not value.strip() or value == " 0":
            return cls.EMPTY
        cached = cls._parsed.get(value)
        if cached is None:
            cached = cls._parse_chain(value)
            if cached is not None:
                cls._parsed[value] = cached
        return cached

    @classmethod
    def _parse_chain(cls, value: str) -> SecurityIdentifier | None:
        identifier: SecurityIdentifier | None = None
        for part in reversed(value.split("|")):
            words = part.split()
            if len(words) != 2:
                return None
            try:
                identifier = cls(words[0], int(words[1], 36), identifier)
            except ValueError:  # not base 36, or no such security type: then it is not an identifier
                return None
            if Market.encode(identifier.market) is None:
                return None
        return identifier

    @staticmethod
    def ticker(symbol: Any, date: dt.date) -> str:
        """The ticker under which the security traded on that day."""
        if symbol.requires_mapping():
            return MapFileProvider.map_file(symbol).get_mapped_symbol(_as_datetime(date), symbol.value)
        return str(symbol.value)

    # --- identity ------------------------------------------------------------------------------------------------

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, SecurityIdentifier)
            and self._properties == other._properties
            and self.symbol == other.symbol
            and self._underlying == other._underlying
        )

    def __lt__(self, other: SecurityIdentifier) -> bool:
        return str(self) < str(other)

    def __str__(self) -> str:
        if self._text is None:
            own = f"{self.symbol} {_encode_base36(self._properties)}"
            self._text = own if self._underlying is None else f"{own}|{self._underlying}"
        return self._text

    __repr__ = __str__

    def __reduce__(self) -> tuple[Any, ...]:
        return SecurityIdentifier.parse, (str(self),)


SecurityIdentifier.EMPTY = SecurityIdentifier("", 0)
SecurityIdentifier.Empty = SecurityIdentifier.EMPTY
SecurityIdentifier.NONE = SecurityIdentifier("NONE", 0)
