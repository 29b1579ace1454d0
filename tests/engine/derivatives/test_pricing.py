"""Price models, against LEAN's own tests and the golden log of QLOptionPricingModelRegressionAlgorithm."""

from __future__ import annotations

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from leanib.engine.derivatives.chains import OptionContract
from leanib.engine.derivatives.options import SymbolRepresentation
from leanib.engine.derivatives.pricing import OptionPriceModelParameters, OptionPriceModelResult
from leanib.engine.derivatives.pricing.black import BlackCalculator
from leanib.engine.derivatives.pricing.differences import american_price, crank_nicolson
from leanib.engine.derivatives.pricing.dividends import ConstantDividendYieldModel, DividendYieldProvider
from leanib.engine.derivatives.pricing.flat import FlatMarket
from leanib.engine.derivatives.pricing.implied import NoRootError, implied_volatility
from leanib.engine.derivatives.pricing.indicator_model import (
    IndicatorBasedOptionPriceModel,
    IndicatorBasedOptionPriceModelProvider,
)
from leanib.engine.derivatives.pricing.models import (
    OptionPriceModels,
    QLOptionPriceModelProvider,
)
from leanib.engine.derivatives.pricing.quantlib_model import QLOptionPriceModel
from leanib.engine.derivatives.pricing.trees import TREES, tree_result
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.indicators import OptionPricingModelType
from leanib.engine.symbols import Market, OptionRight, OptionStyle, RunScope, SecurityType, Symbol
from leanib.errors import NotSupportedError

CALL, PUT, AMERICAN, EUROPEAN = OptionRight.CALL, OptionRight.PUT, OptionStyle.AMERICAN, OptionStyle.EUROPEAN
pytestmark = pytest.mark.usefixtures("as_engine")  # stand-ins for securities


def _security(
    symbol: Symbol, price: float, underlying: Any = None, time: datetime = datetime(2015, 11, 24, 9, 31)
) -> Any:
    hours = MarketHoursDatabase.from_data_folder().get_exchange_hours(Market.USA, None, SecurityType.OPTION)
    return SimpleNamespace(
        symbol=symbol,
        price=price,
        underlying=underlying,
        local_time=time,
        exchange=SimpleNamespace(hours=hours),
        volatility_model=SimpleNamespace(volatility=0),
        symbol_properties=SimpleNamespace(strike_multiplier=1.0),
    )


def _evaluated(model: Any, option: Any) -> OptionPriceModelResult:
    contract = OptionContract(option, None, option.local_time)
    result: OptionPriceModelResult = model.evaluate(OptionPriceModelParameters(option, None, contract))
    return result


def _google(right: OptionRight = CALL, price: float = 5.05, spot: float = 750.0) -> Any:
    symbol = Symbol.create_option("GOOG", Market.USA, AMERICAN, right, 745, datetime(2015, 11, 24))
    assert symbol.underlying is not None
    return _security(symbol, price, _security(symbol.underlying, spot))


@pytest.mark.parametrize(
    ("with_mirror", "expected"),
    [
        (True, (6.05392693521696, 0.3559978, 0.7560627, 0.0430897, 0.0663327, -1599.430292, 0.0000904)),
        (False, (5.05414551764534, 0.1427122, 0.957485, 0.0311303, 0.020584, -163.902082, 0.0000057)),
    ],
)
def test_the_indicators_price_as_leans_do(with_mirror: bool, expected: tuple[float, ...]) -> None:
    """`IndicatorBasedOptionPriceModelTests.WorksWithAndWithoutMirrorContract`, digit for digit."""
    option, mirror = _google(), _google(PUT, 1.05)
    securities = {option.symbol: option} | ({mirror.symbol: mirror} if with_mirror else {})
    result = _evaluated(IndicatorBasedOptionPriceModel(securities=securities), option)
    greeks = result.greeks
    found = (greeks.delta, greeks.gamma, greeks.vega, greeks.theta, greeks.rho)
    assert (result.implied_volatility, *found) == pytest.approx(expected[1:], abs=1e-9)
    assert result.theoretical_price == pytest.approx(expected[0], abs=1e-12)


@pytest.mark.parametrize(("price", "spot"), [(0.0, 0.0), (5.05, 0.0), (0.0, 750.0)])
def test_without_prices_there_is_no_result(price: float, spot: float) -> None:
    """`WontCalculateIfMissindData`; nor for what has expired."""
    for model in (IndicatorBasedOptionPriceModel(), QLOptionPriceModelProvider.INSTANCE.get_option_price_model()):
        assert _evaluated(model, _google(price=price, spot=spot)) is OptionPriceModelResult.NONE
        expired = _google()
        expired.local_time = datetime(2015, 11, 25, 9, 31)
        assert _evaluated(model, expired) is OptionPriceModelResult.NONE


def test_model_is_chosen_by_kind_of_option() -> None:
    """LEAN's engine: options on futures by QuantLib, others by the indicators."""
    option, future = _google(), Symbol.create_future("ES", Market.CME, datetime(2020, 6, 19))
    on_future = Symbol.create_option(future, Market.CME, AMERICAN, CALL, 3200, datetime(2020, 6, 19))
    assert isinstance(option.symbol.asset.price_model(option.symbol, {}), IndicatorBasedOptionPriceModel)
    assert isinstance(on_future.asset.price_model(on_future, {}), QLOptionPriceModel)
    provided = IndicatorBasedOptionPriceModelProvider({}).get_option_price_model(option.symbol)
    assert isinstance(provided, IndicatorBasedOptionPriceModel)
    for model in (OptionPriceModels.BlackScholes(), OptionPriceModels.forward_tree()):
        assert isinstance(model, IndicatorBasedOptionPriceModel)
    assert _evaluated(OptionPriceModels.null(), option).theoretical_price == 5.05


GOLDEN = [
    ("GOOG  151224C00745000", 4.25, 6.30192854008708, 0.0615580041897791, 0.773851648401092, -71.6116628355126),
    ("GOOG  151224P00745000", 0.45, 0.000179362739873993, 0.0536164595321378, -0.192363479032674, -50.9774637798315),
    ("GOOG  151224P00752500", 3.6, 5.87569145144588, 1e-07, -1.0, 7.52417538765191),
    ("GOOG  151231C00745000", 9.6, 11.5882322842838, 0.146380814881193, 0.583141562567414, -127.393834909717),
    ("GOOG  151231P00745000", 5.3, 3.63360508688547, 0.135663344346862, -0.410686489774006, -111.086756904583),
]


@pytest.mark.parametrize(("ticker", "paid", "price", "volatility", "delta", "theta"), GOLDEN)
def test_quantlib_has_leans_prices_volatility_and_greeks(
    ticker: str, paid: float, price: float, volatility: float, delta: float, theta: float
) -> None:
    """At 09:31 on 2015-12-24 with GOOG at 748.54, all fifteen digits of LEAN's decimals."""
    pytest.importorskip("QuantLib")
    symbol = SymbolRepresentation.parse_option_ticker_osi(ticker)
    assert symbol.underlying is not None
    now = datetime(2015, 12, 24, 9, 31)
    option = _security(symbol, paid, _security(symbol.underlying, 748.54), now)
    result = _evaluated(QLOptionPriceModelProvider.Instance.GetOptionPriceModel(symbol), option)
    greeks = result.greeks
    found = (result.theoretical_price, result.implied_volatility, greeks.delta, greeks.theta)
    assert found == (price, volatility, delta, theta)


@pytest.mark.parametrize("kind", sorted(TREES))
@pytest.mark.parametrize("is_american", [True, False])
def test_every_tree_has_quantlibs_price_and_greeks_near_black(kind: str, is_american: bool) -> None:
    """A call without dividends is not exercised early: both kinds are worth what Black's formula says, nearly."""
    ql = pytest.importorskip("QuantLib")
    today = ql.Date(24, 11, 2015)
    ql.Settings.instance().evaluationDate = today
    flat = [ql.YieldTermStructureHandle(ql.FlatForward(today, rate, ql.Actual365Fixed())) for rate in (0.0, 0.02)]
    term = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), 0.3, ql.Actual365Fixed()))
    process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(100.0)), *flat, term)
    end = today + 73
    exercise = ql.AmericanExercise(today + 1, end) if is_american else ql.EuropeanExercise(end)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, 95.0), exercise)
    option.setPricingEngine(ql.BinomialVanillaEngine(process, kind, 100))
    market = FlatMarket(100.0, 95.0, True, 0.02, 0.2)
    found = tree_result(kind, market, 0.3, 100, 1 / 365 if is_american else None)
    black = BlackCalculator(True, 95.0, market.forward, 0.3 * 0.2**0.5, market.discount(0.2))
    assert found.value == pytest.approx(option.NPV(), rel=1e-12)
    assert found.delta == pytest.approx(black.delta(100.0), abs=0.03)
    assert found.gamma == pytest.approx(black.gamma(100.0), rel=0.1)
    assert found.theta == pytest.approx(black.theta(100.0, 0.2), rel=0.1)


def test_a_tree_that_cannot_be_is_none() -> None:
    """With hardly any volatility the drift is more than a step."""
    with pytest.raises(ArithmeticError, match="negative probability"):
        tree_result("crr", FlatMarket(100.0, 95.0, True, 0.2, 1.0), 1e-4, 100, None)


@pytest.mark.parametrize("is_call", [True, False])
@pytest.mark.parametrize("deviation", [0.0, 0.02, 0.3, 2.0])
def test_blacks_formula_is_quantlibs(is_call: bool, deviation: float) -> None:
    """Up to what the order of its operations rounds: QLNet takes a put's distribution as what is left of one."""
    ql = pytest.importorskip("QuantLib")
    for strike in (20.0, 90.0, 101.0, 400.0):
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if is_call else ql.Option.Put, strike)
        theirs = ql.BlackCalculator(payoff, 101.0, deviation, 0.99)
        own = BlackCalculator(is_call, strike, 101.0, deviation, 0.99)
        assert own.value() == pytest.approx(theirs.value(), rel=1e-13, abs=1e-12)
        if deviation:
            for name, argument in (("delta", 100.0), ("gamma", 100.0), ("vega", 0.5), ("rho", 0.5)):
                expected = pytest.approx(getattr(theirs, name)(argument), rel=1e-11, abs=1e-12)
                assert getattr(own, name)(argument) == expected


def test_american_options_by_differences_are_worth_what_a_tree_says() -> None:
    """An early exercise is worth something to who holds a put, and the volatility is found back."""
    market = FlatMarket(100.0, 110.0, False, 0.05, 0.5)
    price = american_price(market, 0.25)
    european = tree_result("crr", market, 0.25, 400, None).value
    assert price == pytest.approx(tree_result("crr", market, 0.25, 400, 1 / 365).value, abs=0.02)
    assert price > european + 0.2
    found = implied_volatility(lambda volatility: american_price(market, volatility), price)
    assert found == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("is_call", [True, False])
def test_crank_and_nicolson_have_blacks_greeks_of_european_options(is_call: bool) -> None:
    """On a hundred prices, to about three digits; an American call without dividends is worth the same."""
    market = FlatMarket(100.0, 103.0, is_call, 0.03, 0.5)
    black = BlackCalculator(is_call, 103.0, market.forward, 0.25 * 0.5**0.5, market.discount(0.5))
    expected = (black.value(), black.delta(100.0), black.gamma(100.0), black.theta(100.0, 0.5))
    assert crank_nicolson(market, 0.25, None) == pytest.approx(expected, rel=5e-3)
    american = crank_nicolson(market, 0.25, 1 / 365)
    assert american.theta is None
    if is_call:
        assert american[:3] == pytest.approx(expected[:3], rel=1e-6)
    else:
        assert american.value == pytest.approx(tree_result("crr", market, 0.25, 400, 1 / 365).value, abs=0.01)
        assert american.value > black.value() + 0.1


def test_crank_and_nicolson_need_no_quantlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose grid is another one today."""
    monkeypatch.setitem(sys.modules, "QuantLib", None)
    assert _evaluated(MODELS.crank_nicolson_fd(), _thirty_days(EUROPEAN)).greeks.theta < 0


def test_a_price_that_no_volatility_gives_is_refused() -> None:
    """Less than an exercise brings at once."""
    market = FlatMarket(100.0, 110.0, False, 0.05, 0.5)
    with pytest.raises(NoRootError, match="gives the price 9"):
        implied_volatility(lambda volatility: american_price(market, volatility), 9.0)


def _thirty_days(style: OptionStyle, right: OptionRight = PUT) -> Any:
    symbol = Symbol.create_option("AAPL", Market.USA, style, right, 100, datetime(2015, 12, 24))
    assert symbol.underlying is not None
    return _security(symbol, 2.5, _security(symbol.underlying, 100.0))


MODELS = OptionPriceModels.QuantLib


@pytest.mark.parametrize(
    "name",
    [
        *("barone_adesi_whaley", "bjerksund_stensland", "CrankNicolsonFD", "binomial_jarrow_rudd"),
        *("BinomialCoxRossRubinstein", "additive_equiprobabilities", "binomial_trigeorgis", "binomial_tian"),
        *("binomial_leisen_reimer", "binomial_joshi"),
    ],
)
def test_american_models_agree(name: str) -> None:
    """One option, priced by each: volatility is found, and the price at the first guess is close to the market's."""
    pytest.importorskip("QuantLib")
    result = _evaluated(getattr(MODELS, name)(), _thirty_days(AMERICAN))
    assert result.implied_volatility == pytest.approx(0.2085, abs=0.003)
    assert result.theoretical_price == pytest.approx(2.5, abs=0.06)
    assert -0.51 < result.greeks.delta < -0.45
    assert result.greeks.theta < 0 < result.greeks.gamma


@pytest.mark.parametrize("name", ["black_scholes", "integral"])
def test_european_models_agree_and_refuse_american_options(name: str) -> None:
    """`OptionPriceModelForUnsupportedAmericanOptionRegressionAlgorithm` sees the ArgumentException."""
    pytest.importorskip("QuantLib")
    model = getattr(MODELS, name)()
    assert _evaluated(model, _thirty_days(EUROPEAN)).implied_volatility == pytest.approx(0.2085, abs=0.003)
    with pytest.raises(ArgumentException, match="American style options are not supported"):
        _evaluated(model, _thirty_days(AMERICAN))
    with pytest.raises(ArgumentException, match="European style options are not supported"):
        _evaluated(MODELS.barone_adesi_whaley(), _thirty_days(EUROPEAN))


def test_an_engine_by_its_name() -> None:
    """`OptionPriceModels.QuantLib.Create`."""
    pytest.importorskip("QuantLib")
    model = MODELS.Create("AnalyticEuropeanEngine", 0.01, (EUROPEAN,))
    assert _evaluated(model, _thirty_days(EUROPEAN, CALL)).greeks.rho > 0


def test_without_quantlib_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "QuantLib", None)
    with pytest.raises(NotSupportedError, match=r"pip install 'leanib\[options\]'"):
        _evaluated(MODELS.black_scholes(), _thirty_days(EUROPEAN))


def test_an_unknown_type_of_model_is_refused() -> None:
    """`QLOptionPriceModelProvider.cs`."""
    with pytest.raises(ArgumentException, match="ForwardTree"):
        QLOptionPriceModelProvider.INSTANCE.get_option_price_model(None, OptionPricingModelType.FORWARD_TREE)


FACTORS = """\
20190808,0.9900,0.25,203.43
20191106,0.9930,0.25,257.24
20200206,0.9953,0.25,325.21
20200828,0.9970,0.25,499.23
20201105,0.9970,1,119.03
20210204,0.9985,1,137.39
20501231,1,1,0
"""


def test_the_yield_is_the_last_years_dividends_over_the_price(tmp_path: Path) -> None:
    """`DividendYieldProvider.cs`: splits restate what was paid before them; before the first dividend there is none."""
    folder = tmp_path / "equity" / "usa" / "factor_files"
    folder.mkdir(parents=True)
    (folder / "xyz.csv").write_text(FACTORS)
    hours = tmp_path / "market-hours"
    hours.mkdir()
    sample = Path(__file__).parents[3] / "data" / "market-hours" / "market-hours-database.json"
    (hours / sample.name).write_bytes(sample.read_bytes())
    with RunScope(tmp_path).active():
        provider = DividendYieldProvider(Symbol.create("XYZ", SecurityType.EQUITY, Market.USA))
        assert provider.get_dividend_yield(datetime(1970, 3, 6)) == 0
        first = 203.43 * (1 - 0.9900 / 0.9930)
        assert provider.get_dividend_yield(datetime(2019, 8, 12), 200) == pytest.approx(first / 200, abs=2e-5)
        later = provider.get_dividend_yield(datetime(2020, 11, 10), 119.03)
        paid = [325.21 * (1 - 0.9953 / 0.9970) * 0.25, 119.03 * (1 - 0.9970 / 0.9985)]
        assert later == pytest.approx(sum(paid) / 119.03, abs=2e-5)
        with pytest.raises(ValueError, match="cannot be zero"):
            provider.get_dividend_yield(datetime(2020, 11, 10), 0)


def test_underlyings_have_their_own_yield() -> None:
    """`DividendYieldProvider.CreateForOption`."""
    future = Symbol.create_future("ES", Market.CME, datetime(2020, 6, 19))
    on_future = Symbol.create_option(future, Market.CME, AMERICAN, CALL, 3200, datetime(2020, 6, 19))
    constant = DividendYieldProvider.create_for_option(on_future)
    assert isinstance(constant, ConstantDividendYieldModel)
    assert constant.get_dividend_yield(datetime(2020, 1, 1), 5) == 0
    assert isinstance(DividendYieldProvider.create_for_option(_google().symbol), DividendYieldProvider)


def test_a_result_works_out_what_is_asked_for() -> None:
    """`OptionPriceModelResult.cs`: each part may be set, or be a function."""
    result = OptionPriceModelResult(1.5, lambda: Decimal("0.25"), OptionPriceModelResult.NONE.greeks)
    assert (result.TheoreticalPrice, result.implied_volatility, result.greeks.delta) == (1.5, 0.25, 0)
    result.theoretical_price = 2
    assert result.theoretical_price == 2
    with pytest.raises(TypeError, match="takes a price"):
        OptionPriceModelResult(1)
