"""A trading program is killed at random moments and started again: thirty times here, three hundred in `make soak`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.kills import kill_often


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_is_lost_doubled_or_unknown_after_any_kill(tmp_path: Path) -> None:
    """With changes and brackets in flight; the simulator, a process of its own, keeps running."""
    result = kill_often(tmp_path, kills=30, lanes=3)
    print(result)
    assert result.kills == 30
    assert result.fills > 30
