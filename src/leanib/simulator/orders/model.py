"""An order, its states, and an execution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from leanib.simulator.clock import Timer
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.protocol.contracts import ComboLeg
from leanib.simulator.protocol.orderfields import double
from leanib.simulator.protocol.orders import OrderView, Status
from leanib.simulator.protocol.orderspec import OrderSpec

ZERO = Decimal(0)
PRE_SUBMITTED = "PreSubmitted"
SUBMITTED = "Submitted"
FILLED = "Filled"
CANCELLED = "Cancelled"
INACTIVE = "Inactive"
PENDING_CANCEL = "PendingCancel"
API_CANCELLED = "ApiCancelled"
#: States in which an order ends unfilled.
ENDINGS = frozenset({CANCELLED, API_CANCELLED, INACTIVE})
DONE = ENDINGS | {FILLED}
TRIGGERED_TYPES = frozenset({"STP", "STP LMT", "TRAIL", "TRAIL LIMIT", "MIT", "LIT"})
AUCTION_TYPES = frozenset({"MOC", "LOC"})
LIMIT_TYPES = frozenset({"LMT", "STP LMT", "TRAIL LIMIT", "LIT", "LOC"})
SUPPORTED_TYPES = TRIGGERED_TYPES | AUCTION_TYPES | {"MKT", "LMT"}
#: Other spellings that the Gateway takes.
TYPE_ALIASES = {"STPLMT": "STP LMT", "TRAILLMT": "TRAIL LIMIT", "TRAILLIMIT": "TRAIL LIMIT", "TRAIL LMT": "TRAIL LIMIT"}
SUPPORTED_TIFS = frozenset({"DAY", "GTC", "IOC", "GTD", "OPG", "FOK"})


@dataclass(slots=True, eq=False)
class Order:
    """One order at the Gateway; changes only through `orders.desk`."""

    order_id: int
    client_id: int
    perm_id: int
    account: str
    item: Instrument
    exchange: str
    spec: OrderSpec
    created: int
    legs: Sequence[ComboLeg] = ()
    status: str = PRE_SUBMITTED
    quantity: Decimal = ZERO
    filled: Decimal = ZERO
    filled_value: Decimal = ZERO  # sum of quantity * price, the multiplier left out
    last_price: Decimal = ZERO
    commission: Decimal = ZERO
    triggered: bool = False
    transmitted: bool = True
    activated: bool = True  # False: a child that waits for its parent
    held: bool = False  # shares to sell short are being located
    trail_stop: Decimal | None = None
    limit_override: Decimal | None = None
    completed_time: int = 0
    completed_text: str = ""
    timers: list[Timer] = field(default_factory=list)
    # read from the specification once, because every quote asks for them
    buying: bool = True
    kind: str = ""  # IB's order type
    tif: str = "DAY"
    parent_id: int = 0  # the order id of the parent; 0 without
    oca_group: str = ""
    #: What openOrder looked like last, and for which values (see `announcer`).
    wire: tuple[tuple[object, ...], tuple[bytes, bytes]] | None = None
    _limit: Decimal | None = None

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Read the specification again, after it changed."""
        spec = self.spec
        self.wire = None
        self.buying = spec.text("action") == "BUY"
        self.kind = spec.text("orderType").upper()
        self.tif = spec.text("tif", "DAY").upper()
        self.parent_id = spec.integer("parentId")
        self.oca_group = spec.text("ocaGroup")
        self._limit = spec.decimal("lmtPrice") if self.kind in LIMIT_TYPES else None

    @property
    def sign(self) -> int:
        """1 for a purchase, -1 for a sale."""
        return 1 if self.buying else -1

    @property
    def remaining(self) -> Decimal:
        """What is not filled."""
        return self.quantity - self.filled

    @property
    def average(self) -> Decimal:
        """Average fill price to eight places."""
        return (self.filled_value / self.filled).quantize(Decimal("1E-8")) if self.filled else ZERO

    @property
    def done(self) -> bool:
        """Filled, cancelled or rejected."""
        return self.status in DONE

    @property
    def outside_rth(self) -> bool:
        """May it trade outside regular hours?"""
        return self.spec.flag("outsideRth") or self.item.sec_type == "CASH"

    @property
    def limit(self) -> Decimal | None:
        """The limit price in force; None for orders that take any price."""
        return self._limit if self.limit_override is None else self.limit_override

    @property
    def stop(self) -> Decimal | None:
        """The price that triggers it."""
        return self.trail_stop if self.kind.startswith("TRAIL") else self.spec.decimal("auxPrice")

    @property
    def key(self) -> tuple[int, int]:
        """Client id and order id."""
        return self.client_id, self.order_id

    @property
    def why_held(self) -> str:
        """IB's reasons why a submitted order does not work at the exchange yet."""
        reasons = []
        if not self.activated:
            reasons.append("child")
        if self.held:
            reasons.append("locate")
        if self.kind in TRIGGERED_TYPES and not self.triggered and not self.done:
            reasons.append("trigger")
        return ",".join(reasons)

    def view(self) -> OrderView:
        """What openOrder and completedOrder show."""
        overrides: dict[str, str] = {}
        if self.trail_stop is not None:
            overrides["trailStopPrice"] = double(self.trail_stop)
        if self.limit_override is not None:
            overrides["lmtPrice"] = double(self.limit_override)
        return OrderView(
            self.order_id, self.client_id, self.perm_id, self.account, self.item, self.exchange, self.spec,
            self.quantity, overrides, self.legs,
        )  # fmt: skip

    def status_fields(self) -> Status:
        """What orderStatus shows."""
        remaining = ZERO if self.status == INACTIVE and not self.filled else self.remaining
        return Status(
            self.order_id, self.status, self.filled, remaining, self.average, self.perm_id, self.parent_id,
            self.last_price, self.client_id, self.why_held,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Execution:
    """One fill with its commission."""

    exec_id: str
    order_id: int
    client_id: int
    perm_id: int
    account: str
    item: Instrument
    exchange: str
    side: str  # BOT or SLD
    shares: Decimal
    price: Decimal
    cumulative: Decimal
    average: Decimal
    time: int
    order_ref: str
    liquidity: int
    commission: Decimal
    currency: str
    realized: Decimal | None

    @property
    def signed(self) -> Decimal:
        """Shares, negative for a sale."""
        return self.shares if self.side == "BOT" else -self.shares
