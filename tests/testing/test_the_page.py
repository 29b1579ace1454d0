"""The examples of docs/testing.md are run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(), re.DOTALL)


def test_the_examples_pass(tmp_path: Path) -> None:
    """In a folder from which the sample strategies can be seen, found by pytest by itself."""
    for number, example in enumerate(EXAMPLES):
        (tmp_path / f"test_{number}.py").write_text(example)
    (tmp_path / "algorithms").symlink_to(ROOT / "algorithms")
    words = [sys.executable, "-m", "pytest", "-q", *(f"test_{number}.py" for number in range(len(EXAMPLES)))]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
    assert f"{len(EXAMPLES)} passed" in done.stdout, done.stdout[-3000:]
