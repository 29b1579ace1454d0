"""Nothing secret is written down."""

import json
import logging
from pathlib import Path

import pytest

from leanib.ib.clock import SystemClock
from leanib.ib.logs import close_logging, connection_log, get_logger
from leanib.ib.redaction import Redactor, mask_account


def test_accounts_are_masked_but_told_apart() -> None:
    """Account numbers of every kind keep only their last two digits."""
    assert mask_account("DU1234567 and U7654321, not UPPER1") == "DU*****67 and U*****21, not UPPER1"


def test_secrets_are_hidden_by_value_and_by_key() -> None:
    """A known secret disappears from any text, and whatever is called password is hidden unseen."""
    redactor = Redactor(["hunter22"])
    assert redactor.value({"text": "said hunter22", "password": "other"}) == {
        "text": "said ********",
        "password": "********",
    }


def test_log_lines_of_all_levels_and_of_the_library_are_clean(tmp_path: Path) -> None:
    """Own events, tracebacks and ib_async's lines reach the file as JSON without password or account."""
    file = tmp_path / "ib.log"
    handler = connection_log(file, Redactor(["hunter22", "DU1234567"]), SystemClock(), level=logging.DEBUG)
    logger = get_logger()
    logger.debug("login", user="me", detail={"accounts": ["DU1234567"]})
    try:
        raise ValueError("hunter22 is wrong for DU1234567")
    except ValueError:
        logger.exception("failed", password="hunter22")
    logging.getLogger("ib_async.client").info("<<< 15,1,DU1234567,")
    close_logging(handler)
    text = file.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == 3
    assert "hunter22" not in text
    assert "DU1234567" not in text
    assert all({"timestamp", "level", "event"} <= line.keys() for line in lines)


@pytest.mark.parametrize(("level", "lines"), [(logging.INFO, 1), (logging.DEBUG, 2)])
def test_what_is_held_is_no_line_before_each_order(tmp_path: Path, level: int, lines: int) -> None:
    """The library writes every position of every answer; at the level of debugging they stand there."""
    handler = connection_log(tmp_path / "ib.log", Redactor(), SystemClock(), level=level)
    logging.getLogger("ib_async.wrapper").info("position: Position(account='DU1')")
    logging.getLogger("ib_async.wrapper").info("execDetails Execution()")
    close_logging(handler)
    assert len((tmp_path / "ib.log").read_text().splitlines()) == lines
