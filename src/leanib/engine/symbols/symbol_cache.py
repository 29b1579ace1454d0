"""From a ticker to its symbol and back (`Common/SymbolCache.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, overload

from leanib.engine.symbols.globals import Globals
from leanib.engine.symbols.security_identifier import SecurityIdentifier

if TYPE_CHECKING:
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["SymbolCache"]


class SymbolCache:
    """The symbols that the algorithm added, by ticker; so that `"SPY"` means one of them."""

    _symbols: ClassVar[dict[str, Symbol]] = {}
    _tickers: ClassVar[dict[Symbol, str]] = {}
    _misses: ClassVar[set[str]] = set()

    @classmethod
    def set(cls, ticker: str, symbol: Symbol) -> None:
        """From now on the ticker means this symbol."""
        cls._symbols[ticker.upper()] = symbol
        cls._tickers[symbol] = ticker
        cls._misses.clear()

    @classmethod
    def get_symbol(cls, ticker: str) -> Symbol:
        """The ticker's symbol, or a KeyError that names it."""
        symbol = cls.try_get_symbol(ticker)
        if symbol is None:
            raise KeyError(f"the ticker '{ticker}' was not found; add the security before using its ticker")
        return symbol

    @overload
    @classmethod
    def try_get_symbol(cls, ticker: str) -> Symbol | None: ...

    @overload
    @classmethod
    def try_get_symbol(cls, ticker: str, symbol: None, /) -> tuple[bool, Symbol | None]: ...

    @classmethod
    def try_get_symbol(cls, ticker: str, *out_parameter: None) -> Symbol | tuple[bool, Symbol | None] | None:
        """The symbol of a ticker, of an identifier's text, or of the only custom data called `<ticker>.<type>`."""
        key = ticker.upper()
        symbol = cls._symbols.get(key)
        if symbol is None and key not in cls._misses:
            symbol = cls._search(ticker, key)
        # With something in place of .NET's out parameter, whether it was found comes first, as Python.NET returns it.
        return (symbol is not None, symbol) if out_parameter else symbol

    @classmethod
    def _search(cls, ticker: str, key: str) -> Symbol | None:
        from leanib.engine.symbols.symbol import Symbol  # Symbol's text and equality need the cache

        identifier = SecurityIdentifier.try_parse(ticker)
        if identifier is not None:
            return Symbol(identifier, identifier.symbol)
        matches = [symbol for known, symbol in cls._symbols.items() if known.startswith(f"{key}.")]
        if len(matches) > 1:
            names = ", ".join(cls._tickers.get(symbol, symbol.value) for symbol in matches)
            raise KeyError(f"the ticker '{ticker}' may mean any of {names}; use the Symbol instead")
        if matches:
            cls._symbols[key] = matches[0]
            return matches[0]
        cls._misses.add(key)
        return None

    @classmethod
    def get_ticker(cls, symbol: Symbol) -> str:
        """The ticker under which the symbol was added, otherwise its identifier's text."""
        return cls._tickers.get(symbol) or str(symbol.id)

    @classmethod
    def try_get_ticker(cls, symbol: Symbol, ticker: object = None) -> tuple[bool, str | None]:  # noqa: ARG003
        """Whether the symbol was added under a ticker, and the ticker."""
        return symbol in cls._tickers, cls._tickers.get(symbol)

    @classmethod
    def try_remove(cls, symbol: Symbol | str) -> bool:
        """Forgets a symbol or a ticker; False when it was not known."""
        ticker = symbol if isinstance(symbol, str) else cls._tickers.get(symbol)
        found = cls._symbols.pop(ticker.upper(), None) if ticker is not None else None
        if found is not None:
            cls._tickers.pop(found, None)
        return found is not None

    @classmethod
    def clear(cls) -> None:
        """Forgets everything."""
        cls._symbols.clear()
        cls._tickers.clear()
        cls._misses.clear()


Globals.on_reset(SymbolCache.clear)
