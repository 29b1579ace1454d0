"""Delivering: Apprise for people (https://github.com/caronc/apprise), a fetched URL for the dead man's switch."""

from __future__ import annotations

import importlib
import logging
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable
from typing import Any, Protocol

import stamina

from leanib.errors import ConfigurationError
from leanib.ib.alerts import Severity
from leanib.operations.alerts.book import Delivery
from leanib.operations.alerts.settings import SECRET, Addresses

__all__ = ["AppriseChannel", "Channel", "DeadMan", "title_of"]

_TYPES = {Severity.INFORMATION: "info", Severity.WARNING: "warning", Severity.CRITICAL: "failure"}
_WORDS = {
    "raised": "",
    "event": "",
    "reminder": "still: ",
    "escalated": "nobody has mended it: ",
    "resolved": "resolved: ",
}


def title_of(delivery: Delivery, account: str = "") -> str:
    """`leanib paper: CRITICAL gateway-down`."""
    word = "resolved" if delivery.kind == "resolved" else delivery.severity.value.upper()
    return f"leanib{' ' + account if account else ''}: {word} {delivery.key}"


class Channel(Protocol):
    """Somewhere messages go."""

    def send(self, delivery: Delivery) -> bool:
        """Sends one; False when it did not arrive."""
        ...


class AppriseChannel:
    """All addresses of a project.

    Args:
        addresses: Where to.
        name: Stands in the title: which account or machine this is.

    Raises:
        ConfigurationError: An address is none that Apprise knows; which one is told by its number, not its words.
    """

    def __init__(self, addresses: Addresses, name: str = "") -> None:
        self._apprise: Any = importlib.import_module("apprise")
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its messages may hold the address
        self._name = name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of modules that some of its services still use
            self._normal = self._servers(addresses.normal, "address")
            self._urgent = self._servers(addresses.urgent, "urgent address")
        self.count = len(addresses.normal) + len(addresses.urgent)

    def _servers(self, addresses: tuple[str, ...], what: str) -> Any:
        servers = self._apprise.Apprise()
        for number, address in enumerate(addresses, 1):
            if not servers.add(address):
                raise ConfigurationError(
                    f"{what} {number} of {SECRET} (or LEANIB_ALERT_URLS) is not one that Apprise knows; "
                    "see https://github.com/caronc/apprise/wiki"
                )
        return servers

    def send(self, delivery: Delivery) -> bool:
        """To the normal addresses; to the urgent ones too when it is urgent. No address: nobody to miss it."""
        results = [self._notify(self._normal, delivery)]
        if delivery.urgent:
            results.append(self._notify(self._urgent, delivery))
        return all(results)

    def _notify(self, servers: Any, delivery: Delivery) -> bool:
        if not len(servers):
            return True
        body = _WORDS[delivery.kind] + delivery.text
        kind = "success" if delivery.kind == "resolved" else _TYPES[delivery.severity]
        return bool(servers.notify(title=title_of(delivery, self._name), body=body, notify_type=kind))


class DeadMan:
    """Fetches a URL while all is well; who owns the URL (healthchecks.io and others) tells a person when that stops.

    Its own failure is never more than a line in the log: it tells of the network, not of the trading.
    """

    def __init__(self, url: str, log: Callable[[str], None]) -> None:
        if url and not url.startswith(("https://", "http://")):
            raise ConfigurationError("LEANIB_DEAD_MAN_URL must begin with https:// or http://")
        self._url = url
        self._log = log

    def well(self) -> None:
        """All is well."""
        self._fetch("")

    def ill(self, text: str) -> None:
        """Something is not: the service need not wait for its time to run out."""
        self._fetch("/fail", text)

    def _fetch(self, path: str, body: str = "") -> None:
        if not self._url:
            return
        request = urllib.request.Request(self._url.rstrip("/") + path, data=body.encode() or None)  # noqa: S310
        try:
            for attempt in stamina.retry_context(on=OSError, attempts=3, timeout=20.0):
                with attempt, urllib.request.urlopen(request, timeout=10):  # noqa: S310 - checked above
                    pass
        except (OSError, urllib.error.URLError) as error:
            self._log(f"the dead man's switch could not be reached ({type(error).__name__})")
