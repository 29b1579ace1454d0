"""What a Gateway container's log hints at. A hint names the fault sooner; no decision rests on it alone."""

from __future__ import annotations

import re

__all__ = ["hint_from_log", "login_tries"]

_LOGGED_IN = r"(?i)login has completed|configuration tasks completed"
"""IBC's lines after a login; what stands above them is past."""

_LOGIN_TRIED = r"(?i)login attempt:|cold restart in progress"
"""IBC's lines of a login; its script starts the Gateway again within one process of the container."""

_HINTS: list[tuple[str, str, str]] = [
    (
        r"(?i)second factor authentication|two.?factor|2fa.*(initiated|wait|timeout)",
        "two-factor-waiting",
        "confirm the login with IB Key on your phone; the Gateway waits for it",
    ),
    (
        r"(?i)unrecognized username or password|invalid (username|password)|login failed|incorrect (username|password)",
        "wrong-password",
        "correct TWS_USERID and TWS_PASSWORD in .env (the paper account has its own user), then 'leanib gateway up'",
    ),
    (
        r"(?i)existing session detected",
        "existing-session",
        "log the other session of this IB user out (TWS, mobile, a second Gateway), then 'leanib gateway restart'",
    ),
    (
        r"(?i)no space left on device",
        "disk-full",
        "free disk space ('docker system df'), then 'leanib gateway restart'",
    ),
    (
        r"(?i)no suitable jvm|java.*not found",
        "no-java",
        "the image is broken or for another processor: use another tag",
    ),
    (
        r"(?i)still logging in|starting session|authenticating",
        "still-logging-in",
        "wait: a login takes up to three minutes",
    ),
]


def hint_from_log(text: str) -> tuple[str, str] | None:
    """Fault and remedy that the latest telling line hints at, None when none does."""
    for line in reversed(text.splitlines()):
        if re.search(_LOGGED_IN, line):
            return None
        for pattern, fault, remedy in _HINTS:
            if re.search(pattern, line):
                return fault, remedy
    return None


def login_tries(text: str) -> int:
    """How often a login was tried since the last that succeeded."""
    count = 0
    for line in reversed(text.splitlines()):
        if re.search(_LOGGED_IN, line):
            break
        count += bool(re.search(_LOGIN_TRIED, line))
    return count
