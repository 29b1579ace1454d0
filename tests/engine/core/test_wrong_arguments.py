"""An argument of a wrong type ends a run with what Python.NET says of it, in the algorithm's line."""

from __future__ import annotations

import traceback
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.core.test_stretches import minutes  # noqa: F401 - a fixture

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.dotnet.exceptions import NoMethodMatches
from leanib.engine.lean.imports import names
from leanib.engine.symbols import Resolution

SLIPS = {
    "self.time_rules.at('9:30')": "At: (<class 'str'>)",
    "self.time_rules.every(5)": "Every: (<class 'int'>)",
    "self.time_rules.after_market_open('ABC', 'x')": "AfterMarketOpen: (<class 'str'>, <class 'str'>)",
    "self.date_rules.on('2013-10-08')": "On: (<class 'str'>)",
    "self.date_rules.every('monday')": "Every: (<class 'str'>)",
    "self.schedule.on('daily', self.time_rules.midnight, self.f)": "On: (<class 'str'>, ",
    "self.schedule.on(self.date_rules.every_day(), self.time_rules.midnight, 5)": "On: (",
    "self.add_equity('ABC', 'daily')": "AddEquity: (<class 'str'>, <class 'str'>)",
    "self.AddEquity('ABC', fillForward=True, resolution='daily')": "AddEquity: (<class 'str'>, ",
    "self.add_forex(5)": "AddForex: (<class 'int'>)",
    "self.set_account_currency(5)": "SetAccountCurrency: (<class 'int'>)",
    "self.set_name(5)": "SetName: (<class 'int'>)",
    "self.set_time_zone(5)": "SetTimeZone: (<class 'int'>)",
    "self.set_brokerage_model('IB')": "SetBrokerageModel: (<class 'str'>)",
    "self.sma('ABC', '20')": "SMA: (<class 'str'>, <class 'str'>)",
    "self.ema('ABC', 20, 'daily')": "EMA: (<class 'str'>, <class 'int'>, <class 'str'>)",
    "self.rsi('ABC', 14, 5)": "RSI: (<class 'str'>, <class 'int'>, <class 'int'>)",
    "self.bb('ABC', 20, '2')": "BB: (<class 'str'>, <class 'int'>, <class 'str'>)",
    "self.consolidate('ABC', '1d', self.f)": "Consolidate: (<class 'str'>, <class 'str'>, ",
    "self.history(['ABC'], 10, 'daily')": "History: (<class 'list'>, <class 'int'>, <class 'str'>)",
    "self.limit_order('ABC', 10, 'x')": "LimitOrder: (<class 'str'>, <class 'int'>, <class 'str'>)",
    "self.set_holdings('ABC', 'all')": "SetHoldings: (<class 'str'>, <class 'str'>)",
    "self.liquidate(5)": "Liquidate: (<class 'int'>)",
    "self.add_chart('x')": "AddChart: (<class 'str'>)",
    "self.object_store.save(5, 5)": "Save: (<class 'int'>, <class 'int'>)",
    "self.emit_insights(5)": "EmitInsights: (<class 'int'>)",
    "Insight.price(1)": "Price: (<class 'int'>)",
    "Insight.price('ABC', '1d', InsightDirection.UP)": "Price: (<class 'str'>, <class 'str'>, ",
    "PortfolioTarget('ABC', 'x')": "PortfolioTarget: (<class 'str'>, <class 'str'>)",
    "RollingWindow('a')": "RollingWindow: (<class 'str'>)",
    "self.market_order('ABC', 'ten')": "MarketOrder: (<class 'str'>, <class 'str'>)",
    "self.market_order('ABC', 10, 'my tag')": "MarketOrder: (<class 'str'>, <class 'int'>, <class 'str'>)",
    "self.MarketOrder('ABC', 10, orderProperties=5)": "MarketOrder: (<class 'str'>, <class 'int'>, <class 'int'>)",
    "self.stop_market_order('ABC', 10, self.securities['ABC'])": "StopMarketOrder: (<class 'str'>, <class 'int'>, ",
    "self.securities['ABC'].set_fee_model(5)": "SetFeeModel: (<class 'int'>)",
    "self.securities['ABC'].SetSlippageModel('none')": "SetSlippageModel: (<class 'str'>)",
    "self.securities['ABC'].set_fill_model(0.1)": "SetFillModel: (<class 'float'>)",
    "self.securities['ABC'].set_buying_power_model([])": "SetBuyingPowerModel: (<class 'list'>)",
    "self.securities['ABC'].set_leverage('two')": "SetLeverage: (<class 'str'>)",
    "self.securities['ABC'].set_data_normalization_mode('raw')": "SetDataNormalizationMode: (<class 'str'>)",
    "self.set_security_initializer(5)": "SetSecurityInitializer: (<class 'int'>)",
    "self.set_benchmark(5)": "SetBenchmark: (<class 'int'>)",
    "self.history('ABC', '10')": "History: (<class 'str'>, <class 'str'>)",
    "self.history('ABC', 10, 5)": "History: (<class 'str'>, <class 'int'>, <class 'int'>)",
    "self.history[TradeBar]('ABC', '10')": "History: (<class 'str'>, <class 'str'>)",
    "self.history[TradeBar]('ABC', 10, 'daily')": "History: (<class 'str'>, <class 'int'>, <class 'str'>)",
    "self.consolidate('ABC', 5, self.f)": "Consolidate: (<class 'str'>, <class 'int'>, ",
    "self.consolidate('ABC', timedelta(1), 5)": "Consolidate: (<class 'str'>, <class 'datetime.",
    "self.add_universe(5)": "AddUniverse: (<class 'int'>)",
    "self.sma('ABC', 10, timedelta(1))": "SMA: (<class 'str'>, <class 'int'>, <class 'datetime.timedelta'>)",
    "self.sma('ABC', 2.5)": "SMA: (<class 'str'>, <class 'float'>)",
    "self.macd('ABC', 12, 26, 9, Resolution.DAILY)": "MACD: (<class 'str'>, <class 'int'>, <class 'int'>, <class 'int'",
    "self.register_indicator('ABC', self.sma('ABC', 3), 5)": "RegisterIndicator: (<class 'str'>, ",
    "self.set_warm_up('10')": "SetWarmUp: (<class 'str'>)",
    "self.set_start_date('2014-01-01')": "SetStartDate: (<class 'str'>)",
    "self.set_alpha(5)": "SetAlpha: (<class 'int'>)",
    "self.set_portfolio_construction('equal')": "SetPortfolioConstruction: (<class 'str'>)",
    "self.add_risk_management(0.1)": "AddRiskManagement: (<class 'float'>)",
    "self.plot('x', 'y', 'z')": "Plot: (<class 'str'>, <class 'str'>, <class 'str'>)",
    "self.train(5)": "Train: (<class 'int'>)",
    "self.schedule.on(self.date_rules.every_day(5), self.time_rules.midnight, self.f)": "EveryDay: (<class 'int'>)",
    "self.time_rules.at(9, 30, 'New York')": "At: (<class 'int'>, <class 'int'>, <class 'str'>)",
    "SimpleMovingAverage('x', '3')": "SimpleMovingAverage: (<class 'str'>, <class 'str'>)",
    "TradeBarConsolidator('1d')": "TradeBarConsolidator: (<class 'str'>)",
    "ConstantFeeModel('a dollar')": "ConstantFeeModel: (<class 'str'>)",
    "ConstantAlphaModel(InsightType.PRICE, 1, timedelta(1))": "ConstantAlphaModel: (",
    "Insight.price('ABC', timedelta(1), 1)": "Price: (<class 'str'>, <class 'datetime.timedelta'>, <class 'int'>)",
    "Symbol.create('ABC', 'Equity', Market.USA)": "Create: (<class 'str'>, <class 'str'>, <class 'str'>)",
}
NAMES = {**names(), "timedelta": timedelta}


@pytest.mark.parametrize(("line", "said"), SLIPS.items())
def test_a_slip_is_told_as_lean_tells_it(minutes: Any, line: str, said: str) -> None:  # noqa: F811
    """The method by LEAN's name, with the types of what it was given."""
    code = compile(line, "main.py", "exec")

    class Slips(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2014, 6, 2)
            self.set_end_date(2014, 6, 3)
            self.add_equity("ABC", Resolution.MINUTE)
            exec(code, {"self": self, **NAMES})

        def f(self) -> None:
            """What is scheduled."""

    with pytest.raises(NoMethodMatches) as caught:
        run_backtest(Slips, Job(minutes.folder, "it"))
    assert str(caught.value).startswith(f"No method matches given arguments for {said}")
    assert "main.py" in [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]


def test_an_error_that_is_not_about_an_argument_stays(minutes: Any) -> None:  # noqa: F811
    """The engine's own faults, and the algorithm's, are not explained away; while it runs it is told likewise."""

    class Divides(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2014, 6, 2)
            self.set_end_date(2014, 6, 3)
            self.add_equity("ABC", Resolution.MINUTE)

        def on_data(self, data: Any) -> None:
            self.fail(data)

        def fail(self, data: Any) -> None:
            """An error of the algorithm's own."""
            len(data) / 0

    class Orders(Divides):
        def fail(self, data: Any) -> None:
            self.limit_order("ABC", 10, "x")

    assert isinstance(run_backtest(Divides, Job(minutes.folder, "it")).error, ZeroDivisionError)
    assert isinstance(run_backtest(Orders, Job(minutes.folder, "it")).error, NoMethodMatches)
