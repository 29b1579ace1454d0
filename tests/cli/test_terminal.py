"""What a run looks like on a terminal."""

from datetime import datetime

import pytest

from leanib.cli.terminal import TerminalListener, print_statistics, user_line, user_traceback

NOON = datetime(2013, 10, 7, 12)


class _Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_messages_go_to_standard_error(capsys):
    """So that the result can be piped; a runtime error is told by its traceback instead."""
    listener = TerminalListener()
    listener.message("debug", "hello")
    listener.message("runtime-error", "boom")
    assert capsys.readouterr() == ("", "hello\n")


def test_a_quiet_listener_says_nothing(capsys):
    """With --json."""
    TerminalListener(quiet=True).message("debug", "hello")
    assert capsys.readouterr().err == ""


def test_a_bar_appears_on_a_terminal_after_a_second(capsys, monkeypatch):
    """Date, share and speed; a short run has none."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    clock = _Clock()
    listener = TerminalListener(clock=clock)
    listener.progress(0.1, NOON, 1000)
    assert capsys.readouterr().err == ""
    clock.now = 2.0
    listener.progress(0.5, NOON, 400_000)
    listener.message("debug", "above the bar")
    listener.close()
    drawn = capsys.readouterr().err
    assert "2013-10-07" in drawn
    assert "200k points/s" in drawn
    assert "above the bar" in drawn


def test_no_bar_without_a_terminal(capsys):
    """A log file is no place for a bar."""
    clock = _Clock()
    listener = TerminalListener(clock=clock)
    clock.now = 5.0
    listener.progress(0.5, NOON, 1)
    listener.close()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("columns", "height"), [("80", 5), ("120", 4)])
def test_the_table_takes_two_columns_where_there_is_room(capsys, monkeypatch, columns, height):
    """Three statistics are three lines, or two beside each other, within a frame."""
    monkeypatch.setenv("COLUMNS", columns)
    print_statistics({"Net Profit": "1%", "Drawdown": "2%", "Total Orders": "3"})
    assert len(capsys.readouterr().out.splitlines()) == height


def _raised(code):
    try:
        exec(compile(code, "/home/someone/main.py", "exec"), {})
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_a_traceback_ends_in_the_users_line():
    """Frames of the engine below the user's are cut off."""
    code = "from leanib.engine.charting import Chart, Series\nc = Chart()\n" + "c.add_series(Series('a'))\n" * 2
    error = _raised(code)
    text = user_traceback(error)
    assert 'File "/home/someone/main.py", line 4' in text
    assert "charts.py" not in text
    assert user_line(error) == "/home/someone/main.py, line 4"


def test_an_error_of_the_engine_keeps_its_frames():
    """Without a line of the user's there is nothing to end in."""
    from leanib.engine.charting import BaseSeries, SeriesType

    with pytest.raises(NotImplementedError) as caught:
        BaseSeries("a", SeriesType.LINE).add_point(NOON, 1)
    frames = caught.value.__traceback__.tb_next  # without this test's own
    assert "charts.py" in user_traceback(caught.value.with_traceback(frames))
