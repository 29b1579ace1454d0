"""Keeps secrets and account numbers out of whatever is written down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Redactor", "mask_account"]

_ACCOUNT = re.compile(r"\b(DU|DF|U|F|DI|I)(\d{4,10})\b")
_SECRET_KEY = re.compile(r"pass(word)?|secret|token|user_?(id|name)|twofa", re.IGNORECASE)
_HIDDEN = "********"


def mask_account(account: str) -> str:
    """`DU1234567` as `DU*****67`: enough to tell two apart, not enough to use."""
    return _ACCOUNT.sub(lambda found: f"{found[1]}{'*' * (len(found[2]) - 2)}{found[2][-2:]}", account)


class Redactor:
    """Replaces known secrets and anything that looks like an account number in texts and structures."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 3}, key=len, reverse=True)

    def text(self, value: str) -> str:
        """The text without secrets and with account numbers masked."""
        for secret in self._secrets:
            value = value.replace(secret, _HIDDEN)
        return mask_account(value)

    def value(self, value: Any, key: str = "") -> Any:
        """The same for any value; one whose key says it is secret is hidden whole."""
        if key and _SECRET_KEY.search(key):
            return _HIDDEN
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.value(item, str(name)) for name, item in value.items()}
        if isinstance(value, list | tuple | set):
            return [self.value(item) for item in value]
        return value if isinstance(value, int | float | bool | type(None)) else self.text(str(value))
