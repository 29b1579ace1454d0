"""Answers about the connection itself: handshake, ids, errors, time."""

from __future__ import annotations

from leanib.simulator.protocol import errors, versions
from leanib.simulator.protocol.fields import encode
from leanib.simulator.protocol.ids import Answer


def handshake(version: int, moment: str) -> bytes:
    """The answer to a client's version range: two fields and no message id."""
    return encode((version, moment))


def next_valid_id(order_id: int) -> bytes:
    """The first order id that the client may use."""
    return encode((Answer.NEXT_VALID_ID, 1, order_id))


def error(version: int, req_id: int, code: int, *args: object, reject: str = "", at: int = 0) -> bytes:
    """An error in IB's words; `reject` is the advanced rejection JSON, `at` the time in ms since the epoch."""
    return error_text(version, req_id, code, errors.text(code, *args), reject, at)


def error_text(version: int, req_id: int, code: int, words: str, reject: str = "", at: int = 0) -> bytes:
    """An error in given words."""
    if version >= versions.ERROR_TIME:
        return encode((Answer.ERROR, req_id, code, words, reject, at))
    out: list[object] = [Answer.ERROR, 2, req_id, code, words]
    if version >= versions.ADVANCED_REJECT:
        out.append(reject)
    return encode(out)


def current_time(epoch: int) -> bytes:
    """Seconds since the epoch."""
    return encode((Answer.CURRENT_TIME, 1, epoch))


def current_time_in_millis(epoch: int) -> bytes:
    """Milliseconds since the epoch."""
    return encode((Answer.CURRENT_TIME_IN_MILLIS, epoch))


def user_info(req_id: int, branding: str = "") -> bytes:
    """The white branding id."""
    return encode((Answer.USER_INFO, req_id, branding))


def end(answer: Answer, *fields: object) -> bytes:
    """A message that only says that something is over."""
    return encode((answer, *fields))
