"""What is asked of Python's garbage collector is taken back."""

from __future__ import annotations

import gc

from leanib import collector


def test_the_thresholds_come_back_with_the_last_who_asked() -> None:
    """Runs on several threads may ask for it at the same time, and end in any order."""
    before = gc.get_threshold()
    first, second = collector.seldom(), collector.seldom()
    first.__enter__()
    seldom = gc.get_threshold()
    assert seldom > before
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == seldom
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before
