"""`self.notify`: messages to people (`Common/Notifications/NotificationManager.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.dotnet.collections import Queue
from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.market.base_data import BaseData

__all__ = ["Notification", "NotificationManager"]


class Notification(NamedTuple):
    """A message: how it goes out, to whom, and what it says."""

    kind: str
    recipient: str
    content: dict[str, Any]


class NotificationManager(LeanObject):
    """Queues messages of live algorithms in `messages`; in a backtest nothing is sent and the answer is False."""

    def __init__(self, is_live: Callable[[], bool]) -> None:
        self._is_live = is_live
        self.messages: Queue[Notification] = Queue()

    def take(self) -> list[Notification]:
        """The messages, which are the caller's to send from now on."""
        taken, self.messages = list(self.messages), Queue()
        return taken

    def _send(self, kind: str, recipient: str, **content: object) -> bool:
        live = self._is_live()
        if live:
            self.messages.append(Notification(kind, recipient, content))
        return live

    def email(self, address: str, subject: str, message: str, data: str = "", headers: object = None) -> bool:
        """An e-mail, with data as its attachment."""
        return self._send("email", address, subject=subject, message=message, data=data, headers=headers)

    def sms(self, phone_number: str, message: str) -> bool:
        """A text message."""
        return self._send("sms", phone_number, message=message)

    def web(self, address: str, data: BaseData | None = None, headers: object = None) -> bool:
        """A request to an address."""
        return self._send("web", address, data=data, headers=headers)

    def telegram(self, id: str, message: str, token: str | None = None) -> bool:
        """A Telegram message to a group."""
        return self._send("telegram", id, message=message, token=token)

    def ftp(self, hostname: str, *arguments: object, **options: object) -> bool:
        """A file by FTP."""
        return self._send("ftp", hostname, arguments=arguments, options=options)

    def sftp(self, hostname: str, *arguments: object, **options: object) -> bool:
        """A file by SFTP."""
        return self._send("sftp", hostname, arguments=arguments, options=options)
