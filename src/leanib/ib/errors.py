"""What the Interactive Brokers services refuse or fail to do.

IBError                     (a LeanIBError: one sentence, with the remedy)
├── ConnectionFailed        the Gateway did not come up within the tries asked for
│   └── ClientIdInUse       it did, but another program has the client id
├── NotReady                the connection is not fit for what was asked; nothing was sent
├── WrongAccount            the account does not fit the mode; nothing was sent
├── RequestFailed           the Gateway answered a request with an error code
├── RequestTimedOut         no complete answer within the deadline: unknown, not empty
├── UnknownContract         IB knows no such instrument, or several
├── OrderRefused            a limit of config/ or the state of the connection forbids it; nothing was sent
└── JournalError            the order journal cannot be read or written; nothing was sent
"""

from __future__ import annotations

from leanib.errors import LeanIBError

__all__ = [
    "ClientIdInUse",
    "ConnectionFailed",
    "IBError",
    "JournalError",
    "NotReady",
    "OrderRefused",
    "RequestFailed",
    "RequestTimedOut",
    "UnknownContract",
    "WrongAccount",
]


class IBError(LeanIBError):
    """Anything the Interactive Brokers services say no to."""


class ConnectionFailed(IBError):  # noqa: N818 - reads as what happened
    """The Gateway did not come up within the tries asked for."""


class ClientIdInUse(ConnectionFailed):
    """Another program has the client id, or all of them."""


class NotReady(IBError):  # noqa: N818
    """The connection is not fit for what was asked; nothing was sent."""


class WrongAccount(IBError):  # noqa: N818
    """The account does not fit the mode; nothing was sent."""


class RequestFailed(IBError):  # noqa: N818
    """The Gateway answered a request with an error code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"IB error {code}: {text}")
        self.code = code


class RequestTimedOut(IBError):  # noqa: N818
    """No complete answer came within the deadline."""


class UnknownContract(IBError):  # noqa: N818
    """IB knows no such instrument, or several."""


class OrderRefused(IBError):  # noqa: N818
    """A limit or the state of the connection forbids the order; nothing was sent."""


class JournalError(IBError):
    """The order journal cannot be read or written; nothing was sent."""
