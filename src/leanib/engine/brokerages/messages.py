"""What brokerages and their models say (`Common/Brokerages/BrokerageMessageEvent.cs`)."""

from __future__ import annotations

from leanib.engine.naming import LeanIntEnum, LeanObject

__all__ = ["BrokerageMessageEvent", "BrokerageMessageType", "Verdict", "refusal"]


class BrokerageMessageType(LeanIntEnum):
    """How serious a message is."""

    INFORMATION = 0
    WARNING = 1
    ERROR = 2
    RECONNECT = 3
    DISCONNECT = 4
    ACTION_REQUIRED = 5


class BrokerageMessageEvent(LeanObject):
    """Type, code and text."""

    def __init__(self, type: BrokerageMessageType, code: str | int, message: str) -> None:
        self.type = type
        self.code = str(code)
        self.message = message

    @classmethod
    def disconnected(cls, message: str) -> BrokerageMessageEvent:
        """The connection is lost."""
        return cls(BrokerageMessageType.DISCONNECT, "Disconnect", message)

    @classmethod
    def reconnected(cls, message: str) -> BrokerageMessageEvent:
        """The connection is back."""
        return cls(BrokerageMessageType.RECONNECT, "Reconnect", message)

    def __str__(self) -> str:
        return f"{self.type.lean_name} - Code: {self.code} - {self.message}"

    __repr__ = __str__


#: whether an order is accepted, and if not why
Verdict = tuple[bool, BrokerageMessageEvent | None]


def refusal(message: str, code: str = "NotSupported") -> Verdict:
    """No, and the warning that says why."""
    return False, BrokerageMessageEvent(BrokerageMessageType.WARNING, code, message)
