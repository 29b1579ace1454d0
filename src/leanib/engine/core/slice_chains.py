"""The chains of a time step, made when somebody looks (`TimeSliceFactory.HandleOptionData`, `HandleFuturesData`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from leanib.engine.market import BaseData, MarketDataType, Slice
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.derivatives.chains import FuturesChains, OptionChains
    from leanib.engine.derivatives.chains.contracts import OptionContract
    from leanib.engine.securities.option import Option

__all__ = ["SliceChains"]

_AUXILIARY = MarketDataType.AUXILIARY


class SliceChains:
    """Puts the data of contracts into chains by their canonical symbols.

    Internal data, such as open interest that nobody asked for, begin no chain but are told where there is one. The
    underlying of a chain is its last point of the step, or its last known one.
    """

    def __init__(self, find_security: Callable[[Symbol], Any]) -> None:
        self._find = find_security

    def make(self, data: Slice, internal: Sequence[BaseData]) -> tuple[OptionChains, FuturesChains]:
        """The chains of a slice; `internal` are points that the slice itself does not have."""
        from leanib.engine.derivatives.chains import FuturesChains, OptionChains

        options, futures = OptionChains(data.time), FuturesChains(data.time)
        updates: dict[Symbol, BaseData] = {}
        for point in data.points:
            if point.data_type is _AUXILIARY:
                continue
            asset = point.symbol.asset
            if asset.is_option:
                self._add_option(data, options, point, updates)
            elif asset.has_contracts and not point.symbol.is_canonical():
                self._add_future(data, futures, point)
            updates[point.symbol] = point
        for point in internal:
            if point.symbol.asset.is_option and options:
                self._add_option(data, options, point, updates)
            elif point.symbol.canonical in futures and point.symbol in futures[point.symbol.canonical].contracts:
                self._add_future(data, futures, point)
        return options, futures

    def _add_option(self, data: Slice, chains: OptionChains, point: BaseData, updates: dict[Symbol, BaseData]) -> None:
        from leanib.engine.derivatives.chains import OptionChain, OptionContract

        option = self._find(point.symbol)
        if option is None or option.underlying is None:
            return
        underlying = updates.get(option.underlying.symbol) or option.underlying.get_last_data()
        if underlying is None:
            return
        canonical = point.symbol.canonical
        chain = dict.get(chains, canonical)
        if chain is None:
            chain = chains[canonical] = OptionChain(canonical, data.time)
        chain.underlying = underlying
        contract = chain.contracts.get(point.symbol)
        if contract is None:
            contract = chain.contracts[point.symbol] = OptionContract.of_security(option, underlying, data.time)
            contract.set_option_price_model(_evaluation(option, data, contract))
        contract.update(point)
        chain.add_data(point)

    @staticmethod
    def _add_future(data: Slice, chains: FuturesChains, point: BaseData) -> None:
        from leanib.engine.derivatives.chains import FuturesChain, FuturesContract

        canonical = point.symbol.canonical
        chain = dict.get(chains, canonical)
        if chain is None:
            chain = chains[canonical] = FuturesChain(canonical, data.time)
        contract = chain.contracts.get(point.symbol)
        if contract is None:
            contract = chain.contracts[point.symbol] = FuturesContract(point.symbol, data.time)
        contract.update(point)
        chain.add_data(point)


def _evaluation(option: Option, data: Slice, contract: OptionContract) -> Callable[[], Any]:
    return lambda: option.evaluate_price_model(data, contract)
