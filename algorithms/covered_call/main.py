# region imports
from AlgorithmImports import *
# endregion


class CoveredCall(QCAlgorithm):
    """Own a fund and sell calls on it, a little above its price; roll them before they expire."""

    def initialize(self):
        self.set_start_date(2012, 2, 1)
        self.set_end_date(2013, 3, 1)
        self.set_cash(200_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)

        self._delta = self.get_parameter("delta", 0.3)
        self._days_to_sell = self.get_parameter("days-to-sell", 30)
        self._days_to_roll = self.get_parameter("days-to-roll", 7)

        # prices of an option's underlying must be those that were paid: strikes are not adjusted
        self._stock = self.add_equity("SPY", Resolution.HOUR, data_normalization_mode=DataNormalizationMode.RAW).symbol
        option = self.add_option(self._stock, Resolution.HOUR)
        # a day's list of contracts comes in the morning; only what passes the filter is subscribed to
        option.set_filter(lambda contracts: contracts.calls_only().expiration(0, 60).delta(0.02, 0.6))
        self._options = option.symbol
        self.set_benchmark(self._stock)

    def on_data(self, data: Slice):
        chain = data.option_chains.get(self._options)
        if chain is None or not self.is_market_open(self._options):
            return
        sold = self._sold()
        if sold is None:
            self._sell(chain)
        elif self._days_left(sold) <= self._days_to_roll:
            self._roll(sold, chain)

    def _sold(self):
        """The call that is sold now; it is gone after it has expired or was assigned."""
        held = [symbol for symbol, holding in self.portfolio.items() if holding.is_short]
        return held[0] if held else None

    def _sell(self, chain):
        """Shares for the whole portfolio in hundreds, each hundred with a call sold."""
        contract = self._choose(chain)
        if contract is None:
            return
        lots = int(0.95 * self.portfolio.total_portfolio_value / (100 * chain.underlying.price))
        missing = 100 * lots - int(self.portfolio[self._stock].quantity)
        if missing:
            self.market_order(self._stock, missing, tag="the shares")
        self.market_order(contract.symbol, -lots, tag=f"sell a delta of {contract.greeks.delta:.2f}")

    def _roll(self, sold, chain):
        """Buy back and sell the next as one order, so that the shares are never without a call, nor under two."""
        contract = self._choose(chain)
        if contract is None or contract.expiry <= sold.id.date:
            return
        legs = [Leg.create(sold, 1), Leg.create(contract.symbol, -1)]
        lots = abs(int(self.portfolio[sold].quantity))
        self.combo_market_order(legs, lots, tag=f"roll to {contract.expiry:%Y-%m-%d}, {contract.strike:.0f}")

    def _choose(self, chain):
        """Of the calls that expire soonest after the days to sell, the one whose delta is nearest to the wanted."""
        later = [contract for contract in chain if self._days_left(contract.symbol) >= self._days_to_sell]
        if not later:
            return None
        expiry = min(contract.expiry for contract in later)
        calls = [contract for contract in later if contract.expiry == expiry and contract.bid_price > 0]
        return min(calls, key=lambda contract: abs(contract.greeks.delta - self._delta), default=None)

    def _days_left(self, symbol):
        return (symbol.id.date.date() - self.time.date()).days

    def on_order_event(self, order_event: OrderEvent):
        if order_event.is_assignment:
            self.log(f"assigned: {order_event}")

    def on_end_of_algorithm(self):
        shares, value = self.portfolio[self._stock].quantity, self.portfolio.total_portfolio_value
        self.log(f"{shares:.0f} shares, {value:,.0f} dollars in all")
