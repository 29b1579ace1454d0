"""The examples of docs/testing.md are run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_passes(pytester: pytest.Pytester, number: int) -> None:
    """In a folder from which the sample strategies can be seen."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(test_example=EXAMPLES[number])
    (pytester.path / "algorithms").symlink_to(ROOT / "algorithms")
    pytester.runpytest_inprocess("-q", "test_example.py").assert_outcomes(passed=1)
