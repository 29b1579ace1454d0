"""From a ticker to its symbol and back (`Common/SymbolCache.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from leanib.engine.symbols.globals import PerRun
from leanib.engine.symbols.security_identifier import SecurityIdentifier

if TYPE_CHECKING:
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["SymbolCache"]


class _Known:
    """Symbols by ticker, their tickers as they were written, and tickers that mean nothing."""

    __slots__ = ("misses", "symbols", "tickers")

    def __init__(self) -> None:
        self.symbols: dict[str, Symbol] = {}
        self.tickers: dict[Symbol, str] = {}
        self.misses: set[str] = set()


_KNOWN = PerRun(_Known)


class SymbolCache:
    """The symbols that the run's algorithm added, by ticker; so that `"SPY"` means one of them."""

    @classmethod
    def set(cls, ticker: str, symbol: Symbol) -> None:
        """From now on the ticker means this symbol."""
        known = _KNOWN()
        known.symbols[ticker.upper()] = symbol
        known.tickers[symbol] = ticker
        known.misses.clear()

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
        known = _KNOWN()
        symbol = known.symbols.get(key)
        if symbol is None and key not in known.misses:
            symbol = cls._search(known, ticker, key)
        # With something in place of .NET's out parameter, whether it was found comes first, as Python.NET returns it.
        return (symbol is not None, symbol) if out_parameter else symbol

    @staticmethod
    def _search(known: _Known, ticker: str, key: str) -> Symbol | None:
        from leanib.engine.symbols.symbol import Symbol  # Symbol's text and equality need the cache

        identifier = SecurityIdentifier.try_parse(ticker)
        if identifier is not None:
            return Symbol(identifier, identifier.symbol)
        matches = [symbol for name, symbol in known.symbols.items() if name.startswith(f"{key}.")]
        if len(matches) > 1:
            names = ", ".join(known.tickers.get(symbol, symbol.value) for symbol in matches)
            raise KeyError(f"the ticker '{ticker}' may mean any of {names}; use the Symbol instead")
        if matches:
            known.symbols[key] = matches[0]
            return matches[0]
        known.misses.add(key)
        return None

    @classmethod
    def get_ticker(cls, symbol: Symbol) -> str:
        """The ticker under which the symbol was added, otherwise its identifier's text."""
        return _KNOWN().tickers.get(symbol) or str(symbol.id)

    @classmethod
    def try_get_ticker(cls, symbol: Symbol, ticker: object = None) -> tuple[bool, str | None]:  # noqa: ARG003
        """Whether the symbol was added under a ticker, and the ticker."""
        tickers = _KNOWN().tickers
        return symbol in tickers, tickers.get(symbol)

    @classmethod
    def try_remove(cls, symbol: Symbol | str) -> bool:
        """Forgets a symbol or a ticker; False when it was not known."""
        known = _KNOWN()
        ticker = symbol if isinstance(symbol, str) else known.tickers.get(symbol)
        found = known.symbols.pop(ticker.upper(), None) if ticker is not None else None
        if found is not None:
            known.tickers.pop(found, None)
        return found is not None

    @classmethod
    def clear(cls) -> None:
        """Forgets everything."""
        _KNOWN.clear()
