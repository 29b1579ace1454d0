"""A run tells which data files it asked for."""

import json

import pytest

from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.symbols.globals import Globals


@pytest.fixture(autouse=True)
def _clean(tmp_path):
    """Each test starts with an empty data folder and no requests, and leaves none."""
    before = Globals.data_folder
    Globals.reset(tmp_path)
    yield
    Globals.reset(before)


def test_requests_are_counted_by_success_and_kind(tmp_path):
    """LEAN's report: counts, percentages, universe files apart; paths relative to the data folder."""
    monitor = DATA_MONITOR()
    assert monitor.on_new_data_request(tmp_path / "equity" / "usa" / "daily" / "aapl.zip", True)
    assert not monitor.on_new_data_request(tmp_path / "equity" / "usa" / "fundamental" / "coarse" / "x.csv", False)
    files = monitor.files("20200101000000")
    report = json.loads(files["data-monitor-report-20200101000000.json"])
    assert report["total-data-requests-count"] == 2
    assert report["failed-data-requests-percentage"] == 50
    assert report["failed-universe-data-requests-count"] == 1
    assert files["succeeded-data-requests-20200101000000.txt"] == "equity/usa/daily/aapl.zip\n"


def test_a_run_that_asked_for_nothing_writes_nothing():
    """And every run starts anew."""
    assert DATA_MONITOR().files("x") == {}
