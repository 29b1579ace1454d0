"""Reset windows: recurring, zone-aware, read from dated data."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leanib.errors import ConfigurationError
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


def test_next_restart_is_the_coming_night(windows: ResetWindows) -> None:
    """The next known restart on a Wednesday is the Gateway's own at 23:55 New York time."""
    assert windows.next_restart(datetime(2024, 3, 6, 19, 0, tzinfo=UTC)) == datetime(2024, 3, 7, 4, 55, tzinfo=UTC)


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
