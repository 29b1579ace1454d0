"""A user's error as LEAN's log shows it."""

from __future__ import annotations

import traceback

__all__ = ["user_traceback"]


def user_traceback(error: BaseException) -> str:
    """The user's own lines, the last of them where it happened."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/leanib/" not in f.filename]
    return ("".join(traceback.format_list(frames)) + "".join(traceback.format_exception_only(error))).rstrip()
