"""Delivers what an algorithm sends with `self.notify`: through Apprise, or to the address it names.

Telegram messages with a token go where they say; web requests are made; e-mails and text messages go to the project's
own addresses (`leanib alerts`), which know how to reach a person, with the recipient in the text.
"""

from __future__ import annotations

import importlib
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leanib.engine.communication.notifications import Notification
from leanib.operations.alerts.settings import load_addresses

__all__ = ["Notifier"]

_TIMEOUT = 10.0


class Notifier:
    """Delivers notifications of one project's algorithms.

    Args:
        root: The project's folder, whose alert addresses are used.
    """

    def __init__(self, root: Path) -> None:
        self._addresses = load_addresses(root)
        self._apprise: Any = None

    def __call__(self, notification: Notification) -> bool:
        """Delivers one; whether it arrived."""
        content = notification.content
        match notification.kind:
            case "web":
                return _post(notification.recipient, content.get("data"), content.get("headers"))
            case "telegram" if content.get("token"):
                address = f"tgram://{content['token']}/{notification.recipient}/"
                return self._send([address], "", str(content.get("message", "")))
            case "email" | "sms" | "telegram":
                title = str(content.get("subject") or f"message for {notification.recipient}")
                body = f"to {notification.recipient}: {content.get('message', '')}"
                return self._send(list(self._addresses.normal), title, body)
        return False

    def _send(self, addresses: list[str], title: str, body: str) -> bool:
        if not addresses:
            return False
        if self._apprise is None:
            self._apprise = importlib.import_module("apprise")
        servers = self._apprise.Apprise()
        for address in addresses:
            servers.add(address)
        return len(servers) > 0 and bool(servers.notify(title=title, body=body))


def _post(address: str, data: Any, headers: Mapping[str, str] | None) -> bool:
    """A request as LEAN makes it: POST with JSON."""
    if not address.startswith(("http://", "https://")):
        return False
    body = data if isinstance(data, str) else json.dumps(data)
    request = urllib.request.Request(  # noqa: S310 - http and https only
        address, body.encode(), {"Content-Type": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            return 200 <= int(answer.status) < 300
    except (urllib.error.URLError, OSError, ValueError):
        return False
