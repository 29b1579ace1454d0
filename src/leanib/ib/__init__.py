"""Interactive Brokers services on ib_async: connection, account, market data, orders."""

from leanib.ib.account import AccountService, AccountSnapshot, ContractTerms, OpenOrder, PositionLine
from leanib.ib.alerts import Alert, AlertSink, Severity
from leanib.ib.clock import Clock, LoopClock, SystemClock
from leanib.ib.connection import IBConnection
from leanib.ib.errors import (
    ConnectionFailed,
    IBError,
    JournalError,
    NotReady,
    OrderRefused,
    RequestFailed,
    RequestTimedOut,
    UnknownContract,
    WrongAccount,
)
from leanib.ib.history import HistoryBar, HistoryService
from leanib.ib.journal import FillRecord, Journal, OrderRecord, OrderStatus
from leanib.ib.manager import IBConnectionManager
from leanib.ib.order_request import OrderRequest
from leanib.ib.orders import Change, OrderService
from leanib.ib.quotes import Gap, Quote, QuoteService, QuoteStatus
from leanib.ib.service import Service
from leanib.ib.settings import IBSettings, load_settings
from leanib.ib.state import ConnectionState, Farm, Link, Login, Socket

__all__ = [
    "AccountService",
    "AccountSnapshot",
    "Alert",
    "AlertSink",
    "Change",
    "Clock",
    "ConnectionFailed",
    "ConnectionState",
    "ContractTerms",
    "Farm",
    "FillRecord",
    "Gap",
    "HistoryBar",
    "HistoryService",
    "IBConnection",
    "IBConnectionManager",
    "IBError",
    "IBSettings",
    "Journal",
    "JournalError",
    "Link",
    "Login",
    "LoopClock",
    "NotReady",
    "OpenOrder",
    "OrderRecord",
    "OrderRefused",
    "OrderRequest",
    "OrderService",
    "OrderStatus",
    "PositionLine",
    "Quote",
    "QuoteService",
    "QuoteStatus",
    "RequestFailed",
    "RequestTimedOut",
    "Service",
    "Severity",
    "Socket",
    "SystemClock",
    "UnknownContract",
    "WrongAccount",
    "load_settings",
]
