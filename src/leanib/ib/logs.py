"""The log of the connection: structured, rotated, and free of secrets.

`logs/ib_connection.log` holds a JSON object a line: `timestamp` (UTC, ISO 8601), `level`, `event` and its fields.
The lines of ib_async go through the same redaction.
"""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import sys
from collections.abc import MutableMapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import structlog

from leanib.errors import ConfigurationError
from leanib.ib.clock import Clock
from leanib.ib.redaction import Redactor
from leanib.private_files import make_private

__all__ = ["LOG_NAME", "close_logging", "connection_log", "get_logger"]

LOG_NAME = "leanib.ib"
_LIBRARY = "ib_async"
_NAMES = (LOG_NAME, _LIBRARY)
_MEGABYTE = 1024 * 1024

Event = MutableMapping[str, Any]


def get_logger(name: str = LOG_NAME) -> structlog.stdlib.BoundLogger:
    """The package's logger, or another; where it writes is decided by `connection_log`."""
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return logger


def connection_log(
    path: Path,
    redactor: Redactor,
    clock: Clock,
    *,
    level: int = logging.INFO,
    megabytes: int = 10,
    keep: int = 5,
    names: Sequence[str] = _NAMES,
) -> logging.Handler:
    """Writes the package's and ib_async's log, or that of other loggers, to a rotated file.

    Returns:
        The handler, for `close_logging`.

    Raises:
        ConfigurationError: The file cannot be opened; the text names it and the remedy.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _PrivateFileHandler(path, maxBytes=megabytes * _MEGABYTE, backupCount=keep, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"the log {path} cannot be opened ({error.strerror or error}): make its folder writable, or set "
            "LEANIB_LOG_FILE to a file in one that is"
        ) from None
    handler.setFormatter(_formatter(redactor, clock))
    handler.setLevel(level)
    if level >= logging.INFO:
        handler.addFilter(_is_no_answer_about_positions)
    for name in names:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(min(level, logger.level or level))
        logger.propagate = False
    return handler


def close_logging(handler: logging.Handler, names: Sequence[str] = _NAMES) -> None:
    """Detaches and closes a handler of `connection_log`, given the same names."""
    for name in names:
        logger = logging.getLogger(name)
        logger.removeHandler(handler)
        logger.propagate = not logger.handlers
    with contextlib.suppress(OSError):  # a full disk, told when it was met
        handler.close()


def _is_no_answer_about_positions(record: logging.LogRecord) -> bool:
    """IB is asked what is held before each order, and the library would write a line a position each time."""
    return not (record.levelno == logging.INFO and str(record.msg).startswith("position: "))


class _PrivateFileHandler(logging.handlers.RotatingFileHandler):
    """Makes its files for their owner only: they hold account numbers."""

    _told = False

    def _open(self) -> TextIOWrapper:
        make_private(Path(self.baseFilename))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """What cannot be written (a full disk) is told once, and hinders nothing."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._told:
            self._told = True
            print(f"the log {self.baseFilename} cannot be written: {error.strerror or error}", file=sys.stderr)


def _formatter(redactor: Redactor, clock: Clock) -> logging.Formatter:
    def redact(_logger: Any, _method: str, event: Event) -> Event:
        return {name: redactor.value(value, name) for name, value in event.items() if not name.startswith("_")}

    def stamp(_logger: Any, _method: str, event: Event) -> Event:
        return {"timestamp": clock.now().isoformat(timespec="milliseconds"), **event}

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            stamp,
            redact,
            structlog.processors.JSONRenderer(default=str),
        ],
    )
