"""The report holds everything it needs, and shows what the result says."""

import re
from datetime import UTC, datetime

import numpy as np
import pytest
from tests.report.pages import data_of

from leanib.report import Candles, RunDetails, SourceFile, details_beside, report_html
from leanib.report.figures import report_data

DAY = 86_400


def _at(*parts):
    return int(datetime(*parts, tzinfo=UTC).timestamp())


def _order(number, quantity, price, **more):
    order = {
        "id": number,
        "type": 1,
        "symbol": {"value": "SPY"},
        "quantity": quantity,
        "price": price,
        "status": 3,
        "lastFillTime": "2020-01-02T15:00:00Z",
        "tag": "</script><b>",
    }
    return order | more


@pytest.fixture
def result():
    """Forty days from December 2019: up 1 % a day in December, down after New Year."""
    start = _at(2019, 12, 10, 21)
    equity, value = [], 100.0
    for day in range(40):
        time = start + day * DAY
        value *= 1.01 if datetime.fromtimestamp(time, UTC).year == 2019 else 0.995
        equity.append([time, value, value, value, value])
    benchmark = [[time, 50 + index] for index, (time, *_) in enumerate(equity)]
    return {
        "charts": {
            "Strategy Equity": {
                "series": {
                    "Equity": {"values": equity},
                    "Signal": {"name": "Signal", "seriesType": 0, "values": [[start, 1]]},
                }
            },
            "Benchmark": {"series": {"Benchmark": {"values": benchmark}}},
            "Exposure": {
                "series": {
                    "Equity - Long Ratio": {"values": [[start, 0.5]]},
                    "Equity - Short Ratio": {"values": [[start, 0]]},
                }
            },
            "Mine": {"series": {"Candles": {"name": "Candles", "seriesType": 2, "values": [[start, 1, 2, 0, 1.5]]}}},
        },
        "orders": {"1": _order(1, 10, 300.0), "2": _order(2, -10, 310.0, type=11), "3": _order(3, 5, 0.0, status=5)},
        "statistics": {"Net Profit": "12%"},
        "state": {"Status": "Completed"},
        "algorithmConfiguration": {"startDate": "2019-12-10T00:00:00Z", "endDate": "2020-01-19T00:00:00Z"},
    }


def test_the_benchmark_starts_where_the_equity_starts(result):
    """Both curves begin at the same value."""
    data = report_data(result)
    assert data["benchmark"]["y"][0] == pytest.approx(data["equity"]["y"][0])


def test_the_drawdown_is_measured_from_the_peak(result):
    """0 while it rises, negative afterwards, deepest at the end."""
    drawdown = report_data(result)["drawdown"]["y"]
    assert drawdown[20] == 0
    assert min(drawdown) == drawdown[-1] < -5


def test_months_and_years_multiply_up(result):
    """December gains, January loses; each year's column holds its own return."""
    monthly = report_data(result)["monthly"]
    assert monthly["years"] == ["2020", "2019"]
    january, december = monthly["rows"][0][0], monthly["rows"][1][11]
    assert january < 0 < december
    assert monthly["rows"][0][12] == january
    assert monthly["rows"][1][12] == december
    assert monthly["rows"][0][1] is None


def test_prices_are_candles_or_samples_or_the_fills_own(result):
    """In that order, as far as they are known; cancelled orders draw nothing."""
    (panel,) = report_data(result)["prices"]
    assert panel["line"]["y"] == [300.0, 310.0]
    (panel,) = report_data(result, RunDetails(prices={"SPY": [(1.0, 299.0), (2.0, 0.0)]}))["prices"]
    assert panel["line"]["y"] == [299.0]
    one = np.array([1.0])
    candles = Candles(60, np.array([1000]), one, one + 2, one - 1, one + 1)
    (panel,) = report_data(result, RunDetails(candles={"SPY": candles}))["prices"]
    assert panel["candles"] == {"step": 60, "x": [1000], "open": [1.0], "high": [3.0], "low": [0.0], "close": [2.0]}


def test_exposure_leaves_out_what_is_always_zero(result):
    """A strategy that never shorts has one line."""
    result["orders"] = {}
    assert list(report_data(result)["exposure"]) == ["Long"]


def test_exposure_within_a_day_is_seen_although_every_midnight_is_flat(result):
    """Bought at 10 and sold at 15 o'clock: half the portfolio in between, nothing after."""
    result["charts"]["Exposure"]["series"] = {"Equity - Long Ratio": {"values": [[_at(2019, 12, 10, 21), 0.0]]}}
    for number, hour in (("1", 10), ("2", 15)):
        result["orders"][number]["lastFillTime"] = f"2019-12-12T{hour}:00:00Z"
        result["orders"][number]["symbol"] = {"value": "SPY", "id": "SPY R735QTJ8XC9X"}
        result["orders"][number]["quantity"] = 0.17 if number == "1" else -0.17
    exposure = report_data(result)["exposure"]["Long"]
    assert exposure["y"] == [0.0, pytest.approx(50, rel=0.02), 0.0]


def test_own_charts_are_shown(result):
    """A series on the equity chart, and a chart of candles."""
    charts = {chart["name"]: chart["series"] for chart in report_data(result)["userCharts"]}
    assert charts["Strategy Equity"][0]["name"] == "Signal"
    assert charts["Mine"][0]["high"] == [2.0]


def test_drawdowns_are_a_table_of_depth_and_dates(result):
    """One that has not ended has no recovery."""
    (deepest,) = report_data(result)["drawdowns"]
    assert deepest["from"].startswith("2019-12-3")
    assert deepest["to"] is None
    assert deepest["depth"] < -5
    assert deepest["days"] == 18


def test_closed_trades_tell_side_profit_and_excursions(result):
    """A short trade that falls has gained."""
    result["totalPerformance"] = {
        "closedTrades": [
            {
                "symbols": [{"value": "SPY"}],
                "entryTime": "2020-01-02T15:00:00Z",
                "entryPrice": 100.0,
                "direction": 1,
                "quantity": 3.0,
                "exitTime": "2020-01-02T16:00:00Z",
                "exitPrice": 90.0,
                "profitLoss": 30.0,
                "totalFees": 1.0,
                "mae": -2.0,
                "mfe": 31.0,
                "orderIds": [1, 2],
            }
        ]
    }
    (trade,) = report_data(result)["trades"]
    assert trade[:3] == ["SPY", "Short", 3.0]
    assert trade[7:] == [30.0, 10.0, 1.0, -2.0, 31.0, "1 2"]


def test_figures_carry_their_units(result):
    """Capacity in millions of dollars, recovery in days, ratios as they are."""
    result["statistics"] = {
        "Estimated Strategy Capacity": "$420000000.00",
        "Drawdown Recovery": "603",
        "End Equity": "260352.28",
        "Total Fees": "$450.32",
        "Sharpe Ratio": "0.595",
        "Net Profit": "160.352%",
        "Lowest Capacity Asset": "GOOG T1AZ164W5VTX",
    }
    assert list(report_data(result)["statistics"].values()) == [
        "$420 M",
        "603 days",
        "$260,352.28",
        "$450.32",
        "0.595",
        "160.352%",
        "GOOG T1AZ164W5VTX",
    ]


def test_the_page_needs_nothing_from_outside(result):
    """No link, no script, no style from anywhere, and a policy that forbids them."""
    page = report_html(result, "Mine & yours")
    assert "<title>Mine &amp; yours</title>" in page
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", page)
    assert "default-src 'none'" in page
    assert data_of(page)["orders"][0][8] == "</script><b>"


NASTY = "</script><!--<script>alert(1)\u2028[/bold]"


def test_nothing_of_a_run_can_break_the_page(result):
    """Whatever names, tags, statistics, log and code hold, the page's markup is the same as without."""
    result["orders"]["1"]["tag"] = NASTY
    result["orders"]["1"]["symbol"] = {"value": NASTY}
    result["statistics"] = {NASTY: NASTY}
    result["charts"][NASTY] = {"series": {NASTY: {"name": NASTY, "seriesType": 0, "values": [[1, 1]]}}}
    result["state"] = {"RuntimeError": NASTY}
    details = RunDetails(log=[NASTY], code=[SourceFile(NASTY, "0", NASTY)], benchmark=NASTY, missing=[NASTY])
    page = report_html(result, NASTY, details)
    assert NASTY not in page
    assert [page.count(text) for text in ("<script", "</script", "<!--")] == [3, 3, 0]
    assert data_of(page)["log"] == [NASTY]


def test_the_data_of_a_page_is_json_whatever_the_numbers(result):
    """NaN and infinity, which JSON does not know, are nothing."""
    result["charts"]["Mine"]["series"]["Odd"] = {
        "name": "Odd",
        "seriesType": 0,
        "values": [[1, float("nan")], [2, float("inf")]],
    }
    charts = {chart["name"]: chart["series"] for chart in data_of(report_html(result, "Mine"))["userCharts"]}
    assert charts["Mine"][1]["y"] == [None, None]


def test_what_lies_beside_a_result_is_shown(tmp_path):
    """Log, code, order events and missing data of LEAN's folder as of ours."""
    (tmp_path / "Mine-log.txt").write_text("2020-01-02 00:00:00 hello\n")
    (tmp_path / "Mine-order-events.json").write_text('[{"orderId": 1, "time": 1577977200.0, "status": "filled"}]')
    (tmp_path / "failed-data-requests-1.txt").write_text("equity/usa/daily/spy.zip\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "main.py").write_text("print('hello')\n")
    data = data_of(report_html({}, "Mine", details_beside(tmp_path / "Mine.json")))
    assert data["log"] == ["2020-01-02 00:00:00 hello"]
    assert data["events"] == {"1": [[1577977200000, "filled", 0.0, 0.0, "", ""]]}
    assert (data["missing"], data["missingCount"]) == (["equity/usa/daily/spy.zip"], 1)
    assert data["code"][0]["name"] == "main.py"
    assert len(data["code"][0]["sha256"]) == 64


def test_an_empty_result_is_a_page_too():
    """A run that was stopped at once still has a report."""
    assert data_of(report_html({}, "Nothing"))["orders"] == []


def test_times_are_told_on_the_algorithms_wall_clock(result):
    """LEAN samples at midnight: 5 o'clock UTC is midnight in New York, so 15 o'clock UTC is 10."""
    midnights = [[_at(2020, 1, day, 5), 1.0] for day in range(1, 5)]
    result["charts"]["Strategy Equity"]["series"]["Return"] = {"values": midnights}
    order = report_data(result)["orders"][0]
    assert datetime.fromtimestamp(order[1] / 1000, UTC) == datetime(2020, 1, 2, 10, tzinfo=UTC)
