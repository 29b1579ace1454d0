# region imports
from AlgorithmImports import *
# endregion


class FuturesTrend(QCAlgorithm):
    """Follow the trend of a future, long or short, from contract to contract."""

    def initialize(self):
        self.set_start_date(2012, 3, 1)
        self.set_end_date(2013, 3, 1)
        self.set_cash(200_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)

        self._exposure = self.get_parameter("exposure", 1.0)
        fast, slow = self.get_parameter("fast", 100), self.get_parameter("slow", 200)

        # the continuous future is never traded, but has its contracts' prices, joined. It goes on to the next contract
        # when more is open in that one; older prices are multiplied so that nothing leaps there
        self._future = self.add_future(
            "ES",
            Resolution.HOUR,
            data_mapping_mode=DataMappingMode.OPEN_INTEREST,
            data_normalization_mode=DataNormalizationMode.BACKWARDS_RATIO,
            contract_depth_offset=0,
        )
        self._fast = self.ema(self._future.symbol, fast, Resolution.HOUR)
        self._slow = self.ema(self._future.symbol, slow, Resolution.HOUR)
        for bar in self.history[TradeBar](self._future.symbol, 2 * slow, Resolution.HOUR):
            self._fast.update(bar.end_time, bar.close)
            self._slow.update(bar.end_time, bar.close)
        self._left = []  # contracts that the future has gone on from
        self.set_benchmark("SPY")

    def on_symbol_changed_events(self, symbols_changed: SymbolChangedEvents):
        for changed in symbols_changed.values():
            self.log(f"rollover from {self.symbol(changed.old_symbol).value} to {self._future.mapped.value}")
            self._left.append(self.symbol(changed.old_symbol))

    def on_data(self, data: Slice):
        contract = self._future.mapped
        # the change comes at midnight: wait for the market, and for a price of what is to be traded
        if contract is None or not data.contains_key(self._future.symbol) or not self.is_market_open(contract):
            return
        if not self.securities[contract].price:
            return
        self._roll(contract)
        if self._slow.is_ready:
            self._follow(contract)

    def _roll(self, contract):
        """What is held of a contract that was left is held of the next one from now on."""
        while self._left:
            left = self._left.pop()
            quantity = self.portfolio[left].quantity
            if quantity:
                self.market_order(left, -quantity, tag=f"roll to {contract.value}")
                self.market_order(contract, quantity, tag=f"roll from {left.value}")

    def _follow(self, contract):
        """Long above the slow average, short below; as many contracts as the exposure is worth when that changes."""
        is_up = self._fast.current.value > self._slow.current.value
        held = self.portfolio[contract].quantity
        if held and (held > 0) == is_up:
            return
        security = self.securities[contract]  # its price is the one that is paid; the continuous future's is not
        worth = security.price * security.symbol_properties.contract_multiplier
        lots = int(self._exposure * self.portfolio.total_portfolio_value / worth)
        target = lots if is_up else -lots
        if target != held:
            self.market_order(contract, target - held, tag="up" if is_up else "down")

    def on_end_of_algorithm(self):
        held = [
            f"{holding.quantity:.0f} {symbol.value}" for symbol, holding in self.portfolio.items() if holding.invested
        ]
        self.log(f"{', '.join(held) or 'nothing held'}, {self.portfolio.total_portfolio_value:,.0f} dollars in all")
