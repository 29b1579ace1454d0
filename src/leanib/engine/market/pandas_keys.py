"""Lets frames be asked with tickers and symbols alike (`Common/PandasMapper.py`).

LEAN replaces pandas' look-up functions by ones that also try the symbol a ticker stands for; this does the same, once,
when the first frame is made or `pd` is first used. It also keeps `series[0]`, which pandas 3 gave up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from leanib.engine.symbols import Symbol, SymbolCache

__all__ = ["teach_pandas"]

_taught = False


def teach_pandas() -> None:
    """Make pandas understand tickers and symbols; does nothing the second time."""
    global _taught  # noqa: PLW0603 pandas is taught once a process
    if _taught:
        return
    _taught = True
    import pandas as pd
    from pandas.core import indexing as _indexing
    from pandas.core.indexes import base

    indexing: Any = _indexing
    for owner, name in (
        (indexing._LocationIndexer, "__getitem__"),
        (indexing._ScalarAccessIndexer, "__getitem__"),
        (base.Index, "get_loc"),
        (pd.MultiIndex, "get_loc"),
        (pd.DataFrame, "__getitem__"),
    ):
        setattr(owner, name, _with_symbols(getattr(owner, name)))
    pd.Series.__getitem__ = _with_positions(pd.Series.__getitem__)  # type: ignore[method-assign]
    base.Index.__contains__ = _contains_symbol(base.Index.__contains__)  # type: ignore[method-assign]


def _mapped(key: Any) -> Any:
    """The key with symbols in place of the tickers that stand for one."""
    kind = type(key)
    if kind is str:
        return SymbolCache.try_get_symbol(key) or key
    if kind is tuple or kind is list:
        parts = [_mapped(part) for part in key]
        changed = any(new is not old for new, old in zip(parts, key, strict=True))
        return kind(parts) if changed else key
    owner = None if isinstance(key, Symbol) or kind.__module__.partition(".")[0] in _NOT_OURS else key
    symbol = getattr(owner, "symbol", None)
    return symbol if isinstance(symbol, Symbol) else key


_NOT_OURS = frozenset({"pandas", "numpy", "builtins", "datetime"})


def _with_symbols(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def look_up(self: object, key: object, *arguments: object, **options: object) -> Any:
        try:
            return function(self, key, *arguments, **options)
        except (KeyError, TypeError):
            mapped = _mapped(key)
            if mapped is key:
                raise
        try:
            return function(self, mapped, *arguments, **options)
        except KeyError:
            raise KeyError(
                f"No key found for either mapped or original key. Mapped Key: {[str(mapped)]}; "
                f"Original Key: {[str(key)]}"
            ) from None

    return look_up


def _with_positions(function: Callable[..., Any]) -> Callable[..., Any]:
    """`series[0]` is the first value where the index holds no numbers, as in the pandas (before 3) that LEAN has."""

    @wraps(function)
    def look_up(self: Any, key: Any) -> Any:
        if type(key) is int and not _holds_numbers(self.index):
            return self.iloc[key]
        return function(self, key)

    return look_up


def _holds_numbers(index: Any) -> bool:
    first = index.levels[0] if index.nlevels > 1 else index
    return first.dtype.kind in "iufb" or "integer" in first.inferred_type


def _contains_symbol(function: Callable[..., bool]) -> Callable[..., bool]:
    @wraps(function)
    def contains(self: object, key: object) -> bool:
        if function(self, key):
            return True
        mapped = _mapped(key)
        return mapped is not key and function(self, mapped)

    return contains
