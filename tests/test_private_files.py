"""Files with account numbers belong to their owner only."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from leanib.ib.clock import SystemClock
from leanib.ib.journal import Journal
from leanib.ib.logs import close_logging, connection_log, get_logger
from leanib.ib.redaction import Redactor
from leanib.private_files import is_open_to_others, make_private, write_private


@pytest.fixture(autouse=True)
def _lax_umask() -> Iterator[None]:
    """As on most machines: what is made may be read by all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_journal_and_its_companions_are_made_for_their_owner_only(tmp_path: Path) -> None:
    """The write-ahead log and its index too."""
    journal = Journal(tmp_path / "storage" / "orders.sqlite3")
    journal.high_water_mark(1)
    files = list((tmp_path / "storage").iterdir())
    assert {_mode(file) for file in files} == {0o600}
    journal.close()


def test_the_log_is_made_for_its_owner_only_and_stays_so_when_it_is_rotated(tmp_path: Path) -> None:
    """The present file and the former ones."""
    handler = connection_log(tmp_path / "logs" / "ib.log", Redactor(), SystemClock())
    get_logger().warning("one")
    handler.doRollover()  # type: ignore[attr-defined]
    get_logger().warning("two")
    close_logging(handler)
    files = list((tmp_path / "logs").iterdir())
    assert len(files) == 2
    assert {_mode(file) for file in files} == {0o600}


def test_a_file_that_is_there_keeps_its_content_and_mode(tmp_path: Path) -> None:
    """It is the user's: the doctor tells of it."""
    file = tmp_path / "file"
    file.write_text("content")
    file.chmod(0o640)
    make_private(file)
    assert (file.read_text(), _mode(file)) == ("content", 0o640)


@pytest.mark.parametrize(("mode", "is_open"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_may_read_is_seen(tmp_path: Path, mode: int, is_open: bool) -> None:
    """By its mode."""
    file = tmp_path / "file"
    file.touch()
    file.chmod(mode)
    assert is_open_to_others(file) is is_open


def test_a_file_is_replaced_whole_or_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole or not at all, and nothing of a try that failed is left."""
    file = tmp_path / "folder" / "state.json"
    write_private(file, "first")
    assert (file.read_text(), _mode(file)) == ("first", 0o600)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_private(file, "second")
    assert file.read_text() == "first"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_a_log_on_a_full_disk_is_told_once_and_hinders_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, no traceback of logging's."""
    handler = connection_log(tmp_path / "ib.log", Redactor(), SystemClock())
    handler.stream.close()  # type: ignore[attr-defined]
    handler.stream = Path("/dev/full").open("w", buffering=1)  # type: ignore[attr-defined]  # noqa: SIM115
    for number in range(3):
        get_logger().warning("one", number=number)
    assert capsys.readouterr().err.count("cannot be written: No space left on device") == 1
    with contextlib.suppress(OSError):
        close_logging(handler)
