"""Whatever has become of the journal's file, every command that reads it says so in a sentence."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.ib.test_journal_recovery import filled_journal

from leanib.cli.main import main
from leanib.ib.journal import Journal

PROJECT = Path(__file__).parents[2]
JOURNAL = Path("storage/orders-paper.sqlite3")
COMMANDS = (
    ("order", "list", "--all"),
    ("order", "list", "--json"),
    ("order", "list", "--history", "leanib-0"),
    ("journal", "check"),
    ("journal", "export"),
    ("journal", "recover"),
    ("order", "cancel", "leanib-0"),
    ("order", "resolve", "leanib-0"),
)


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A project's journal, as it was before it was damaged."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IB_PAPER_PORT", "1")
    monkeypatch.setenv("LEANIB_CONNECTION__RETRIES", "0")
    filled_journal(JOURNAL)
    return JOURNAL.read_bytes()


def _put(content: bytes) -> None:
    shutil.rmtree(JOURNAL.parent)
    JOURNAL.parent.mkdir()
    JOURNAL.write_bytes(content)


def _bytes_changed(content: bytearray, dice: random.Random) -> None:
    for _ in range(20):
        content[dice.randrange(len(content))] = dice.randrange(256)


def _cut(content: bytearray, dice: random.Random) -> None:
    del content[dice.randrange(len(content)) :]


def _page_of_zeros(content: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(content) // 4096) * 4096
    content[at : at + 4096] = bytes(4096)


def _text_changed(content: bytearray, dice: random.Random) -> None:
    """Where the rows are: what SQLite itself cannot notice."""
    places = [at for at in range(len(content)) if content[at : at + 7] == b"leanib-"]
    for _ in range(20):
        content[dice.choice(places) + dice.randrange(120)] = dice.randrange(256)


@pytest.mark.parametrize(
    ("damage", "trials"),
    [
        (_bytes_changed, 40),
        pytest.param(_bytes_changed, 200, marks=pytest.mark.slow),
        (_text_changed, 40),
        (_cut, 16),
        (_page_of_zeros, 16),
    ],
)
def test_a_damaged_journal_is_one_sentence_or_no_difference(
    whole: bytes,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[bytearray, random.Random], None],
    trials: int,
) -> None:
    """20 random bytes, 200 trials, and worse: no exception gets out, and what fails names the remedy.

    Each time the list is asked for, and every fourth time one of the other commands.
    """
    dice = random.Random(12)
    for number in range(trials):
        content = bytearray(whole)
        damage(content, dice)
        others = [COMMANDS[number // 4 % len(COMMANDS)]] if number % 4 == 0 else []
        for command in (("order", "list", "--all"), *others):
            _put(bytes(content))
            code = main(list(command))
            _, err = capsys.readouterr()
            lines = [line for line in err.splitlines() if line.startswith("leanib: ")]
            assert code in (0, 1, 2)
            assert len(lines) <= 1
            if command[:2] == ("order", "list") and code:
                assert "leanib journal check" in err or "knows no order" in err


def test_what_was_recovered_reads_and_repeats_no_order_id(whole: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever was lost: the new journal is whole, and its marks are not below the orders that it has."""
    dice = random.Random(7)
    recovered = 0
    for _ in range(12):
        content = bytearray(whole)
        _text_changed(content, dice)
        _put(bytes(content))
        if main(["journal", "recover"]):
            capsys.readouterr()
            continue
        recovered += 1
        assert main(["journal", "check"]) == 0
        assert main(["order", "list", "--all"]) == 0
        capsys.readouterr()
        journal = Journal(JOURNAL)
        assert journal.high_water_mark(10) >= max((one.order_id for one in journal.orders()), default=0)
        for order in journal.orders():
            journal.history(order.ref)
        journal.close()
    assert recovered > 3


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + bytes(84)])
def test_what_is_no_journal_is_left_as_it_is(whole: bytes, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    """An empty file becomes one; anything else is not touched."""
    _put(content)
    code = main(["order", "list"])
    err = capsys.readouterr().err
    if content:
        assert (code, "leanib journal check" in err) == (2, True)
        assert JOURNAL.read_bytes() == content
    else:
        assert code == 0


def test_a_folder_that_takes_no_file_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever hinders it: one sentence, and nothing is sent."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IB_PAPER_PORT", "1")
    monkeypatch.setenv("LEANIB_CONNECTION__RETRIES", "0")
    Path("storage").write_text("a file, where the folder should be")
    for words in (["order", "list"], ["order", "buy", "AAPL", "1"], ["journal", "check"], ["order", "cancel", "x"]):
        code = main(words)
        err = capsys.readouterr().err
        assert (code, err.count("leanib: ")) == (2, 1)


def test_a_read_only_folder_is_one_sentence(
    whole: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a journal that is there and may not be written; whoever runs the tests."""
    opened = os.open

    def read_only(path: str | Path, flags: int, *rest: int, **more: int) -> int:
        if str(path).endswith("orders-paper.sqlite3") and flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", read_only)
    for words in (["order", "list"], ["order", "cancel", "leanib-0"], ["order", "buy", "AAPL", "1"]):
        code = main(words)
        err = capsys.readouterr().err
        assert (code, "make the folder" in err, err.count("leanib: ")) == (2, True, 1)
    assert JOURNAL.read_bytes() == whole


def test_a_log_that_cannot_be_written_is_one_sentence(
    whole: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """It holds what happened to orders: without it nothing is begun."""
    Path("logs").write_text("a file, where the folder should be")
    for words in (["account"], ["quotes", "AAPL"], ["order", "buy", "AAPL", "1"]):
        code = main(words)
        err = capsys.readouterr().err
        assert (code, "logs" in err, err.count("leanib: ")) == (2, True, 1)
