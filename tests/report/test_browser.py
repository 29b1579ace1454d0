"""The report in a browser: it opens offline, its panels move together, and nothing of a run can break it."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from tests.report.browser import EXECUTABLE, require_browser

from leanib.cli.main import main
from leanib.report import Candles, RunDetails, SourceFile, report_html

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

HOUR = 3_600_000
NASTY = "</script><!--<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>"


@pytest.fixture(scope="module")
def chromium():
    """One browser for all pages."""
    require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Opens a page's text; what the page complains of fails the test."""
    complaints, pages = [], []

    def open_page(text, width=1280, scheme="light", fragment=""):
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: complaints.append(request.url) if "://" in _beyond(request.url) else None)
        page.goto(file.as_uri() + fragment)
        page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []


def _beyond(url):
    """The address, when it is none of a file or of the page's own."""
    return "" if url.startswith(("file:", "blob:")) else url


def _result():
    start = int(datetime(2020, 1, 1, 5, tzinfo=UTC).timestamp())
    values = [100_000 * (1 + 0.1 * np.sin(n / 20)) + 40 * n for n in range(400)]
    midnights = [[start + n * 86_400, value] for n, value in enumerate(values)]
    orders = {str(n): _order(n, 10 if n % 2 else -10, 2 * n) for n in range(1, 41)}
    return {
        "charts": {
            "Strategy Equity": {
                "series": {
                    "Equity": {"values": [[time, v, v, v, v] for time, v in midnights]},
                    "Return": {"values": midnights},
                }
            },
            "Benchmark": {"series": {"Benchmark": {"values": midnights}}},
            "Signals": {"series": {"Fast": {"name": "Fast", "seriesType": 0, "values": midnights}}},
        },
        "orders": orders,
        "totalPerformance": {"closedTrades": [_trade(n) for n in range(1, 41, 2)]},
        "statistics": {"Net Profit": "12%", "Estimated Strategy Capacity": "$420000000.00"},
        "state": {"Status": "Completed"},
        "algorithmConfiguration": {
            "startDate": "2020-01-01T00:00:00Z",
            "endDate": "2021-02-03T00:00:00Z",
            "parameters": {"fast": "10"},
        },
    }


def _order(number, quantity, day):
    time = datetime.fromtimestamp(datetime(2020, 1, 2, 15, tzinfo=UTC).timestamp() + day * 86_400, UTC)
    return {
        "id": number,
        "type": 0,
        "symbol": {"value": "SPY", "id": "SPY R735QTJ8XC9X"},
        "quantity": quantity,
        "price": 300.0 + number,
        "status": 3,
        "lastFillTime": time.isoformat(),
        "tag": "cross",
    }


def _trade(number):
    first, second = _order(number, 10, 2 * number), _order(number + 1, -10, 2 * number + 2)
    return {
        "symbols": [{"value": "SPY"}],
        "entryTime": first["lastFillTime"],
        "entryPrice": first["price"],
        "direction": 0,
        "quantity": 10.0,
        "exitTime": second["lastFillTime"],
        "exitPrice": second["price"],
        "profitLoss": 10.0 * (1 if number % 3 else -2),
        "totalFees": 1.0,
        "mae": -3.0,
        "mfe": 12.0,
        "orderIds": [number, number + 1],
    }


def _details(**more):
    start = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000)
    time = np.arange(400 * 24) * HOUR + start
    close = 300 + 10 * np.sin(np.arange(len(time)) / 50)
    candles = Candles(3600, time, close - 1, close + 2, close - 2, close)
    return RunDetails(candles={"SPY": candles}, log=["2020-01-02 00:00:00 hello"], **more)


def _range(page):
    return page.evaluate("byId('panels').layout.xaxis.range.map(utc)")


def test_all_panels_follow_a_zoom_and_a_double_click_shows_all(opened):
    """Candles, equity and what was plotted: one axis, scales that fit what is seen, finer candles when closer."""
    page = opened(report_html(_result(), "Mine", _details()))
    whole = _range(page)
    assert page.evaluate("new Set(byId('panels').data.map(trace => trace.xaxis)).size") == 1
    coarse = page.evaluate("byId('panels').data.find(trace => trace.type === 'candlestick').x.length")
    assert coarse < 400
    box = page.locator("#panels .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 220, box["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_function(f"utc(byId('panels').layout.xaxis.range[0]) > {whole[0]} + 1e9")
    near = _range(page)
    assert near[1] - near[0] < (whole[1] - whole[0]) / 20
    shown = page.evaluate("byId('panels').data.find(trace => trace.type === 'candlestick').x")
    assert shown[1] - shown[0] <= 4 * HOUR
    low, high = page.evaluate("byId('panels').layout.yaxis.range")
    assert high - low < 20_000
    page.locator("#panels .nsewdrag").first.dblclick(position={"x": 300, "y": 50})
    page.wait_for_function(f"utc(byId('panels').layout.xaxis.range[0]) === {whole[0]}")


def test_a_trade_opens_in_the_chart_tied_from_entry_to_exit(opened):
    """Sorted by profit, the worst first; a click on it zooms to it."""
    page = opened(report_html(_result(), "Mine", _details()), fragment="#trades")
    page.get_by_role("button", name="Profit (USD)").click()
    assert page.locator("#trades-table tbody tr").first.locator("td").nth(7).inner_text() == "-20.00"
    page.locator("#trades-table tbody tr").first.click()
    assert page.locator("#overview").is_visible()
    start, end = _range(page)
    assert end - start < 10 * 24 * HOUR
    lines = page.evaluate("byId('panels').data.filter(t => t.line && t.line.dash === 'dot').map(t => t.x.length)")
    assert sum(lines) >= 3


def test_filter_csv_and_order_events(opened, tmp_path):
    """What is filtered is what is saved; a cell cannot become a formula; an order tells its events."""
    result = _result()
    result["orders"]["1"]["tag"] = "=HYPERLINK(1)"
    events = [{"orderId": 1, "time": 1577977200.0, "status": "filled", "fillQuantity": 10, "fillPrice": 301}]
    page = opened(report_html(result, "Mine", _details(order_events=events)), fragment="#orders")
    page.fill("#orders-filter", "hyperlink")
    assert page.locator("#orders-note").inner_text() == "1 of 40"
    with page.expect_download() as download:
        page.click("#orders-csv")
    download.value.save_as(tmp_path / "orders.csv")
    head, row = (tmp_path / "orders.csv").read_text().splitlines()
    assert head.startswith("Id,Time,Symbol")
    assert row.endswith(",'=HYPERLINK(1)")
    page.locator("#orders-table tbody tr").first.click()
    assert "10 at 301" in page.locator("tr.events").inner_text()


def test_keys_move_through_the_tabs(opened):
    """Arrows, Home and End; one tab stop."""
    page = opened(report_html(_result(), "Mine", _details()))
    page.locator("#tab-overview").focus()
    for key, panel in (("ArrowRight", "returns"), ("End", "data"), ("ArrowRight", "overview"), ("ArrowLeft", "data")):
        page.keyboard.press(key)
        assert page.locator(f"#{panel}").is_visible()
        assert page.locator('[role="tabpanel"]:visible').count() == 1
    assert page.locator('[role="tab"][tabindex="0"]').count() == 1


@pytest.mark.parametrize("fragment", ["", "#returns", "#trades", "#orders", "#log", "#code", "#data"])
def test_nothing_of_a_run_runs_as_a_script(opened, fragment):
    """Names, tags, statistics, log, code, charts: text, everywhere."""
    result = _result()
    result["orders"]["1"] |= {"tag": NASTY, "symbol": {"value": NASTY, "id": NASTY}}
    result["statistics"][NASTY] = NASTY
    result["charts"][NASTY] = {"series": {NASTY: {"name": NASTY, "seriesType": 0, "values": [[1577836800, 1]]}}}
    result["state"]["RuntimeError"] = NASTY
    result["algorithmConfiguration"]["parameters"][NASTY] = NASTY
    details = _details(code=[SourceFile(NASTY, "0", NASTY)], benchmark=NASTY, missing=[NASTY], data_notes=[NASTY])
    page = opened(report_html(result, NASTY, details), fragment=fragment)
    assert page.evaluate("window.hurt") is None
    assert page.locator("h1").inner_text() == NASTY
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (420, "light"), (420, "dark")])
def test_wide_and_narrow_light_and_dark_nothing_overflows_and_everyone_can_read_it(opened, width, scheme):
    """The page never scrolls sideways, and axe finds nothing in any tab."""
    from axe_playwright_python.sync_playwright import Axe

    page = opened(report_html(_result(), "Mine", _details()), width=width, scheme=scheme)
    for tab in ("overview", "returns", "trades", "orders", "log", "code", "data"):
        page.click(f"#tab-{tab}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        assert [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found.response["violations"]] == [], tab
    assert page.evaluate("[...document.querySelectorAll('.heat td')].every(td => td.scrollWidth <= td.clientWidth + 2)")


def test_a_run_with_nothing_to_show_says_so(opened):
    """No chart, no error of the page."""
    page = opened(report_html({}, "Nothing"))
    assert "Nothing to show for this run" in page.locator("#panels").inner_text()
    for tab in ("returns", "trades", "orders", "log", "code", "data"):
        page.click(f"#tab-{tab}")


def test_a_comparison_opens_in_the_same_style(opened, tmp_path):
    """Both curves, the gap between them, the rows that differ."""
    for name, factor in (("one", 1), ("two", 2)):
        result = _result()
        result["statistics"]["Net Profit"] = f"{factor}%"
        (tmp_path / name).mkdir()
        (tmp_path / name / "Mine.json").write_text(json.dumps(result))
    output = tmp_path / "comparison.html"
    assert main(["compare", str(tmp_path / "one"), str(tmp_path / "two"), "--output", str(output)]) == 1
    page = opened(output.read_text())
    assert page.locator("tr.differs").count() == 1
    assert page.evaluate("byId('panels').data.length") == 3
