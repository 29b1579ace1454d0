"""The report holds everything it needs, and shows what the result says."""

import json
import re
from datetime import UTC, datetime

import pytest

from leanib.report import report_html
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


def test_trades_are_marked_on_the_price(result):
    """Filled orders are buys and sells; a cancelled one is not; without a history the fills draw the price."""
    (panel,) = report_data(result)["prices"]
    assert (panel["buys"]["y"], panel["sells"]["y"], panel["price"]["y"]) == ([300.0], [310.0], [300.0, 310.0])
    (panel,) = report_data(result, {"SPY": [(1.0, 299.0), (2.0, 0.0)]})["prices"]
    assert panel["price"] == {"x": [1000], "y": [299.0]}


def test_exposure_leaves_out_what_is_always_zero(result):
    """A strategy that never shorts has one line."""
    assert list(report_data(result)["exposure"]) == ["Equity - Long"]


def test_own_charts_are_shown(result):
    """A series on the equity chart, and a chart of candles."""
    charts = {chart["name"]: chart["series"] for chart in report_data(result)["userCharts"]}
    assert charts["Strategy Equity"][0]["name"] == "Signal"
    assert charts["Mine"][0]["high"] == [2.0]


def test_the_page_needs_nothing_from_outside(result):
    """No link, no script, no style from anywhere; the data cannot end the script."""
    page = report_html(result, "Mine & yours")
    head = page.split("plotly.js")[0]
    assert "<title>Mine &amp; yours</title>" in head
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", page)
    data = re.search(r"const DATA = (\{.*?\});</script>", page, re.DOTALL)
    assert json.loads(data.group(1))["orders"][0][8] == "</script><b>"


def test_an_empty_result_is_a_page_too():
    """A run that was stopped at once still has a report."""
    assert "const DATA" in report_html({}, "Nothing")
