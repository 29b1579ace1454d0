"""Symbol: a security's identity with the ticker to show (`Common/Symbol.cs`)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from leanib.engine.assets import asset_of
from leanib.engine.enums import OptionRight, OptionStyle, SecurityType
from leanib.engine.naming import LeanNames
from leanib.engine.symbols.security_identifier import DEFAULT_DATE, SecurityIdentifier, option_type_of
from leanib.engine.symbols.symbol_cache import SymbolCache

if TYPE_CHECKING:
    from leanib.engine.symbols.definitions import SecurityDefinition

__all__ = ["Symbol", "generate_option_ticker_osi"]


def generate_option_ticker_osi(underlying: str, right: OptionRight, strike: Decimal, expiration: date) -> str:
    """`SPY   190315C00280000`: the ticker padded to six, expiry, right, strike in thousandths on eight digits."""
    if len(underlying) > 5:
        underlying += " "
    return f"{underlying:<6}{_six_digits(expiration)}{'CP'[right]}{_thousandths(strike)}"


@lru_cache(1024)  # a chain's contracts share few expiries and strikes
def _six_digits(day: date) -> str:
    return f"{day:%y%m%d}"


@lru_cache(4096)
def _thousandths(strike: Decimal) -> str:
    return f"{int((strike * 1000).to_integral_value()):08d}"


class Symbol(LeanNames):
    """A security. Equal to another one, and to a ticker or an identifier, that means the same security."""

    #: with a dictionary, as every object of .NET's has in Python: algorithms note things of their own on symbols
    __slots__ = (
        "__dict__", "_canonical", "_hash", "asset", "has_underlying", "id", "security_type", "underlying", "value",
    )  # fmt: skip

    EMPTY: Symbol
    Empty: Symbol
    NONE: Symbol

    def __init__(self, sid: SecurityIdentifier, value: str, underlying: Symbol | None = None) -> None:
        """Underlying and alias follow from the identifier unless an underlying is given."""
        self.id = sid
        self.security_type = sid.security_type
        self.asset = asset_of(sid.security_type)
        self._hash = hash(sid)
        self._canonical: Symbol | None = None
        if underlying is None and sid.has_underlying:
            underlying = Symbol(sid.underlying, sid.underlying.symbol)
            value = self.asset.alias(sid, underlying) or value
        elif underlying is None:
            value = self.asset.alias(sid, None) or value
        self.underlying = underlying
        self.has_underlying = underlying is not None
        self.value = value.upper()

    @property
    def ID(self) -> SecurityIdentifier:  # noqa: N802
        """LEAN's spelling of `id`."""
        return self.id

    # --- making them ---------------------------------------------------------------------------------------------

    @staticmethod
    def create(
        ticker: str,
        security_type: SecurityType,
        market: str,
        alias: str | None = None,
        base_data_type: type | None = None,
    ) -> Symbol:
        """The symbol of a ticker of today; of an option's or a future's, the canonical one."""
        if base_data_type is not None:
            identifier = SecurityIdentifier.generate_base(base_data_type, ticker, market)
            return Symbol(identifier, alias or ticker)
        asset = asset_of(security_type)
        identifier = asset.identifier(ticker, market)
        if asset.underlying_kind is None:
            return Symbol(identifier, alias or ticker)
        # called by the ticker of today, not by the first one, which stands in the identifier
        return Symbol(identifier, alias or ticker, Symbol.create(ticker, asset.underlying_kind, market))

    @staticmethod
    def create_base(base_type: type, underlying: Symbol, market: str | None = None) -> Symbol:
        """The symbol of custom data that belong to a security."""
        asset = underlying.asset
        first_date = underlying.id.date if asset.map_file_kind is not None or asset.is_option else None
        identifier = SecurityIdentifier.generate_base(
            base_type, underlying.id.symbol, market or "usa", map_symbol=False, date=first_date
        )
        return Symbol(identifier, underlying.value, underlying)

    @staticmethod
    def create_option(underlying: Any, *arguments: Any, **options: Any) -> Symbol:
        """An option contract: `(underlying symbol or ticker, [target_option,] market, style, right, strike, expiry)`.

        Also `(identifier, value, underlying=None)`. The market may be None: the underlying's is taken.
        """
        if isinstance(underlying, SecurityIdentifier):
            return Symbol(underlying, *arguments, **options)
        if isinstance(underlying, str):
            return Symbol._create_option_on_ticker(underlying, *arguments, **options)
        if len(arguments) > 2 and not isinstance(arguments[1], OptionStyle):
            return Symbol._create_option_contract(underlying, *arguments, **options)
        return Symbol._create_option_contract(underlying, options.pop("target_option", None), *arguments, **options)

    @staticmethod
    def _create_option_on_ticker(underlying: str, market: str, *arguments: Any, **options: Any) -> Symbol:
        map_symbol = options.pop("map_symbol", True)
        identifier = SecurityIdentifier.generate_equity(underlying, market, map_symbol)
        return Symbol._create_option_contract(Symbol(identifier, underlying), None, market, *arguments, **options)

    @staticmethod
    def _create_option_contract(
        underlying_symbol: Symbol,
        target_option: str | None,
        market: str | None,
        style: OptionStyle,
        right: OptionRight,
        strike: Decimal | float,
        expiry: date,
        alias: str | None = None,
    ) -> Symbol:
        identifier = SecurityIdentifier.generate_option(
            expiry, underlying_symbol.id, target_option, market or underlying_symbol.id.market, strike, right, style
        )
        text = alias or asset_of(identifier.security_type).alias(identifier, underlying_symbol)
        return Symbol(identifier, text or "", underlying_symbol)

    @staticmethod
    def create_canonical_option(
        underlying_symbol: Symbol,
        target_option: str | None = None,
        market: str | None = None,
        alias: str | None = None,
    ) -> Symbol:
        """The symbol that stands for all options on an underlying."""
        style = asset_of(option_type_of(underlying_symbol.security_type)).option_style
        return Symbol._create_option_contract(
            underlying_symbol, target_option, market, style, OptionRight.CALL, 0, DEFAULT_DATE, alias
        )

    @staticmethod
    def create_future(ticker: str, market: str, expiry: date, alias: str | None = None) -> Symbol:
        """A futures contract."""
        identifier = SecurityIdentifier.generate_future(expiry, ticker, market)
        symbol = Symbol(identifier, ticker)
        if alias:
            symbol.value = alias.upper()
        return symbol

    # --- what it tells -------------------------------------------------------------------------------------------

    def is_canonical(self) -> bool:
        """Whether it stands for all contracts of an option or a future."""
        return self.asset.is_canonical(self.id)

    def has_canonical(self) -> bool:
        """Whether it is one contract of an option or a future."""
        return self.asset.has_contracts and not self.is_canonical()

    @property
    def canonical(self) -> Symbol:
        """The symbol that stands for all contracts of this one's kind; itself when it is that."""
        if self._canonical is None:
            self._canonical = self if self.is_canonical() else self.asset.canonical(self)
        return self._canonical

    def has_underlying_symbol(self, symbol: Symbol) -> bool:
        """Whether that is its underlying, or its underlying's underlying."""
        current = self.underlying
        while current is not None:
            if current == symbol:
                return True
            current = current.underlying
        return False

    def requires_mapping(self) -> bool:
        """Whether its ticker depends on the date (`Extensions.RequiresMapping`)."""
        return self.asset.requires_mapping(self)

    def update_mapped_symbol(self, mapped_symbol: str, contract_depth_offset: int = 0) -> Symbol:
        """The same security under the ticker it has from now on."""
        return self.asset.mapped(self, mapped_symbol, contract_depth_offset)

    def under(self, value: str, underlying: Symbol | None) -> Symbol:
        """The same identity with that text and that underlying, without the alias that follows from it."""
        return _with_underlying(self.id, value, underlying)

    @staticmethod
    def get_alias(security_identifier: SecurityIdentifier, underlying: Symbol | None = None) -> str | None:
        """The name that follows from a derivative's identifier."""
        return asset_of(security_identifier.security_type).alias(security_identifier, underlying)

    @staticmethod
    def get_option_type_from_underlying(underlying: Symbol | SecurityType) -> SecurityType:
        """The type of the options on it."""
        return option_type_of(underlying.security_type if isinstance(underlying, Symbol) else underlying)

    @staticmethod
    def get_underlying_from_option_type(security_type: SecurityType) -> SecurityType:
        """The type of the underlyings of options of that type."""
        underlying = asset_of(security_type).underlying_kind
        if underlying is None:
            raise ValueError(f"{security_type.lean_name} is not a type of option")
        return underlying

    @property
    def cusip(self) -> str | None:
        """Its CUSIP, if the data folder's security database knows it."""
        return self._definition.cusip

    @property
    def composite_figi(self) -> str | None:
        """Its composite FIGI, if known."""
        return self._definition.composite_figi

    @property
    def sedol(self) -> str | None:
        """Its SEDOL, if known."""
        return self._definition.sedol

    @property
    def isin(self) -> str | None:
        """Its ISIN, if known."""
        return self._definition.isin

    @property
    def cik(self) -> int | None:
        """Its issuer's CIK, if known."""
        return self._definition.cik

    @property
    def _definition(self) -> SecurityDefinition:
        from leanib.engine.symbols.definitions import SecurityDefinitionSymbolResolver  # definitions make symbols

        return SecurityDefinitionSymbolResolver.definition(self)

    # --- identity ------------------------------------------------------------------------------------------------

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Symbol):
            return self._hash == other._hash and self.id == other.id
        if isinstance(other, str):
            found = SymbolCache.try_get_symbol(other)
            return found is not None and found.id == self.id
        if isinstance(other, SecurityIdentifier):
            return self.id == other
        if other is None:
            return self.id == SecurityIdentifier.EMPTY
        owner = getattr(other, "symbol", None)  # LEAN converts a Security or a contract to its symbol
        return owner is not None and owner is not other and self == owner

    def equals(self, other: object) -> bool:
        """Whether both mean the same security."""
        return self == other

    def compare_to(self, other: Symbol | str) -> int:
        """Less than, equal to or greater than 0, by ticker, the case ignored."""
        mine, theirs = self.value.upper(), (other if isinstance(other, str) else other.value).upper()
        return (mine > theirs) - (mine < theirs)

    def __lt__(self, other: Symbol | str) -> bool:
        return self.compare_to(other) < 0

    def __le__(self, other: Symbol | str) -> bool:
        return self.compare_to(other) <= 0

    def __gt__(self, other: Symbol | str) -> bool:
        return self.compare_to(other) > 0

    def __ge__(self, other: Symbol | str) -> bool:
        return self.compare_to(other) >= 0

    def __str__(self) -> str:
        return SymbolCache.get_ticker(self)

    __repr__ = __str__

    def __reduce__(self) -> tuple[Any, ...]:
        return _with_underlying, (self.id, self.value, self.underlying)

    def __deepcopy__(self, memo: dict[int, Any]) -> Symbol:
        return self

    def __copy__(self) -> Symbol:
        return self

    # --- a ticker's methods, which LEAN passes through ----------------------------------------------------------

    def contains(self, value: str) -> bool:
        """Whether the ticker contains it."""
        return value in self.value

    def starts_with(self, value: str) -> bool:
        """Whether the ticker starts with it."""
        return self.value.startswith(value)

    def ends_with(self, value: str) -> bool:
        """Whether the ticker ends with it."""
        return self.value.endswith(value)

    def to_lower(self) -> str:
        """The ticker in lower case."""
        return self.value.lower()

    def to_upper(self) -> str:
        """The ticker in upper case."""
        return self.value.upper()


def _with_underlying(identifier: SecurityIdentifier, value: str, underlying: Symbol | None) -> Symbol:
    """A symbol exactly so, without the alias that its identifier would give it."""
    symbol = Symbol.__new__(Symbol)
    symbol.id = identifier
    symbol.security_type = identifier.security_type
    symbol.asset = asset_of(identifier.security_type)
    symbol._hash = hash(identifier)
    symbol._canonical = None
    symbol.underlying = underlying
    symbol.has_underlying = underlying is not None
    symbol.value = value.upper()
    return symbol


Symbol.EMPTY = Symbol.Empty = Symbol(SecurityIdentifier.EMPTY, "")
Symbol.NONE = Symbol(SecurityIdentifier.NONE, "NONE")
