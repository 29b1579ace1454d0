"""RollingWindow."""

from __future__ import annotations

import pytest

from leanib.engine.indicators import RollingWindow


def test_the_newest_is_first() -> None:
    """Values move back as new ones come; the oldest falls out and is remembered."""
    window: RollingWindow[int] = RollingWindow(3)
    for value in (1, 2, 3):
        window.add(value)
    assert window.is_ready
    window.add(4)
    assert (list(window), window.most_recently_removed, window.count, window.samples) == ([4, 3, 2], 1, 3, 4)
    assert window[0] == 4
    assert window[-1] == 2


def test_what_is_not_there_yet() -> None:
    """No value has left before the window was full; an index without value has the type's zero or None."""
    window = RollingWindow[float](2)
    window.add(1.5)
    assert window[1] == 0.0
    assert RollingWindow(2)[1] is None
    with pytest.raises(RuntimeError, match="No items have been removed"):
        _ = window.most_recently_removed


def test_the_window_grows_and_shrinks() -> None:
    """An index beyond the size widens the window; a smaller size drops the oldest."""
    window: RollingWindow[int] = RollingWindow(2)
    window.add(1)
    window.add(2)
    window[3] = 9
    assert (window.size, window[3], window[0]) == (4, 9, 2) or list(window)[3] == 9
    window.size = 1
    assert window.count == 1


def test_a_window_without_room() -> None:
    """A negative size is refused; size 0 takes nothing."""
    with pytest.raises(ValueError, match="at least 0"):
        RollingWindow(-1)
    window: RollingWindow[int] = RollingWindow(0)
    window.add(1)
    assert window.count == 0


def test_reset_forgets() -> None:
    """After reset the window is empty and not ready."""
    window: RollingWindow[int] = RollingWindow(1)
    window.add(1)
    window.reset()
    assert (window.count, window.samples, window.is_ready) == (0, 0, False)
