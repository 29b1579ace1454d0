# region imports
from AlgorithmImports import *
# endregion
from datetime import timedelta


class IntradayReversion(QCAlgorithm):
    """Buy what has fallen out of its band of quarter hours, sell at the middle, and go home flat every evening."""

    def initialize(self):
        self.set_start_date(2012, 10, 8)
        self.set_end_date(2013, 3, 1)
        self.set_cash(100_000)
        self.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.MARGIN)
        self.set_benchmark(self.add_index("FIVE", Resolution.DAILY).symbol)

        minutes = self.get_parameter("minutes", 15)
        width = self.get_parameter("width", 2.0)
        self._bands = {}
        for ticker in ("AAPL", "MSFT"):
            symbol = self.add_equity(ticker, Resolution.MINUTE).symbol
            bands = BollingerBands(20, width)
            self._bands[symbol] = bands

            # minutes become bars of a quarter of an hour, which feed the bands and then this algorithm
            consolidator = TradeBarConsolidator(timedelta(minutes=minutes))
            self.register_indicator(symbol, bands, consolidator)
            consolidator.data_consolidated += self._on_quarter_hour

        # no new trades in the last hour, and none held overnight
        self._is_entry_time = False
        every_day = self.date_rules.every_day("AAPL")
        self.schedule.on(every_day, self.time_rules.after_market_open("AAPL", 15), self._open_entries)
        self.schedule.on(every_day, self.time_rules.before_market_close("AAPL", 60), self._close_entries)
        self.schedule.on(every_day, self.time_rules.before_market_close("AAPL", 10), self._go_home)

        self.set_warm_up(timedelta(days=7))

    def _on_quarter_hour(self, sender, bar: TradeBar):
        bands = self._bands[bar.symbol]
        if self.is_warming_up or not bands.is_ready:
            return
        invested = self.portfolio[bar.symbol].invested
        if invested and bar.close >= bands.middle_band.current.value:
            self.liquidate(bar.symbol, tag="back at the middle")
        elif not invested and self._is_entry_time and bar.close < bands.lower_band.current.value:
            self.set_holdings(bar.symbol, 0.45, tag="below the band")

    def _open_entries(self):
        self._is_entry_time = True

    def _close_entries(self):
        self._is_entry_time = False

    def _go_home(self):
        self.liquidate(tag="end of the day")
