"""Reset windows: recurring, zone-aware, read from dated data."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leanib.errors import ConfigurationError
from leanib.ib.connection import IBConnection
from leanib.ib.settings import load_settings
from leanib.ib.windows import ResetWindows

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def windows() -> ResetWindows:
    """The project's own windows."""
    return ResetWindows.load(PROJECT / "config" / "reset-windows.toml")


@pytest.mark.parametrize(
    ("moment", "kind"),
    [
        (datetime(2024, 3, 6, 5, 30, tzinfo=UTC), "reset"),  # Wednesday 00:30 in New York
        (datetime(2024, 7, 3, 4, 30, tzinfo=UTC), "reset"),  # the same in summer time
        (datetime(2024, 3, 9, 6, 0, tzinfo=UTC), "reset"),  # Saturday 01:00, begun on Friday 23:00
        (datetime(2024, 3, 3, 7, 0, tzinfo=UTC), "login"),  # Sunday 02:00 in New York
    ],
)
def test_moment_lies_in_window(windows: ResetWindows, moment: datetime, kind: str) -> None:
    """A moment given in UTC is found in the window of its local time, over midnight and clock changes."""
    assert windows.at(moment, kind) is not None


def test_trading_hours_lie_in_no_window(windows: ResetWindows) -> None:
    """The New York afternoon belongs to no window."""
    assert windows.at(datetime(2024, 3, 6, 19, 0, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("variables", "restart"),
    [
        ("", datetime(2024, 3, 7, 4, 55, tzinfo=UTC)),
        ("AUTO_RESTART_TIME=04:00 AM\nTIME_ZONE=Europe/Zurich\n", datetime(2024, 3, 7, 3, 0, tzinfo=UTC)),
        ("AUTO_RESTART_TIME=12:30 AM\nTIME_ZONE=Asia/Tokyo\n", datetime(2024, 3, 7, 15, 30, tzinfo=UTC)),
        ("AUTO_RESTART_TIME=12:05 PM\nTIME_ZONE=Pacific/Auckland\n", datetime(2024, 3, 6, 23, 5, tzinfo=UTC)),
        ("AUTO_RESTART_TIME=\nTIME_ZONE=\n", datetime(2024, 3, 7, 4, 55, tzinfo=UTC)),
    ],
)
def test_the_restart_gate_follows_what_the_gateway_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: str, restart: datetime
) -> None:
    """AUTO_RESTART_TIME and TIME_ZONE of `.env`, with docker-compose.yml's defaults where they are empty."""
    for name in ("AUTO_RESTART_TIME", "TIME_ZONE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text(variables)
    connection = IBConnection(load_settings("paper", tmp_path, reset_windows=PROJECT / "config/reset-windows.toml"))
    assert connection.windows.next_restart(datetime(2024, 3, 6, 19, 0, tzinfo=UTC)) == restart


def test_the_next_restart_is_the_same_however_often_and_in_whatever_order_it_is_asked() -> None:
    """Before, at and after it, and when the clock is set back."""
    asked = ResetWindows([]).with_restart("11:55 PM", "America/New_York")
    start = datetime(2024, 3, 6, 19, 0, tzinfo=UTC)
    for hours in (0, 1, 9, 10, 9.91, 34, 33, -20, 5, 4):
        moment = start + timedelta(hours=hours)
        fresh = ResetWindows([]).with_restart("11:55 PM", "America/New_York")
        assert asked.next_restart(moment) == fresh.next_restart(moment)
    restart = datetime(2024, 3, 7, 4, 55, tzinfo=UTC)
    assert asked.next_restart(restart - timedelta(seconds=1)) == restart
    assert asked.next_restart(restart) == restart + timedelta(days=1)


@pytest.mark.parametrize(
    ("variables", "part"),
    [
        ("AUTO_RESTART_TIME=23:55", "AUTO_RESTART_TIME '23:55'"),
        ("AUTO_RESTART_TIME=13:00 PM", "AUTO_RESTART_TIME '13:00 PM'"),
        ("TIME_ZONE=Mars/Base", "TIME_ZONE 'Mars/Base'"),
        ("TIME_ZONE=../etc", "TIME_ZONE '../etc'"),
    ],
)
def test_a_restart_time_that_ibc_does_not_know_is_named(tmp_path: Path, variables: str, part: str) -> None:
    """Before anything is sent, with the form that it takes."""
    (tmp_path / ".env").write_text(variables + "\n")
    with pytest.raises(ConfigurationError, match=part):
        load_settings("paper", tmp_path)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[[window]]\nkind = 'rest'", "window 1"),
        ("[[window]\n", "not valid TOML"),
        ("[[window]]\nkind='reset'\ndays=['funday']\nstart='01:00'\nend='02:00'\nzone='UTC'", "window 1"),
    ],
)
def test_bad_file_is_named(tmp_path: Path, text: str, part: str) -> None:
    """A window that is not valid is refused with the file's name and the entry's number."""
    file = tmp_path / "reset-windows.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=part):
        ResetWindows.load(file)
