"""An order, its states, and an execution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from leanib.simulator.clock import Timer
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.kinds import TYPES, OrderType, Price
from leanib.simulator.protocol.contracts import ComboLeg
from leanib.simulator.protocol.fields import number
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
    met: bool = False  # its conditions came true
    liquidation: bool = False  # IB closes a position for want of margin
    free: bool = False  # of commission: what an option's end brings
    exercise: int = 0  # an instruction about an option that is held: 1 exercises it, 2 lets it lapse
    trail_stop: Decimal | None = None
    limit_override: Decimal | None = None
    completed_time: int = 0
    completed_text: str = ""
    timers: list[Timer] = field(default_factory=list)
    # read from the specification once, because every quote asks for them
    buying: bool = True
    kind: str = ""  # IB's order type
    type: OrderType = TYPES["MKT"]
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
        self.type = TYPES.get(self.kind, TYPES["LMT"])
        self.tif = spec.text("tif", "DAY").upper()
        self.parent_id = spec.integer("parentId")
        self.oca_group = spec.text("ocaGroup")
        takes = self.type.limit is not Price.NONE and not self.type.peg  # what is pegged works at a price of its own
        self._limit = spec.decimal("lmtPrice") if takes and not any(spec.leg_prices) else None

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
        if self.item.sec_type == "CASH":
            return True
        return self.spec.flag("outsideRth") and not ignores_outside_rth(self.item, self.type, self.tif)

    @property
    def conditional(self) -> bool:
        """Does it wait for its conditions before it goes to the exchange?"""
        return bool(self.spec.conditions) and not self.met and not self.spec.flag("conditionsCancelOrder")

    @property
    def limit(self) -> Decimal | None:
        """The limit price in force, of a pegged order where it works now; None for orders that take any price."""
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
        if self.type.triggered and not self.triggered and not self.done:
            reasons.append("trigger")
        return ",".join(reasons)

    @property
    def line(self) -> str:
        """The order in the words of an order message: "BUY 100 AAPL NASDAQ.NMS"."""
        item = self.item
        place = f"{item.primary_exchange}.NMS" if item.trading_class == "NMS" else item.primary_exchange
        name = item.symbol if item.sec_type == "STK" else item.local_symbol
        return f"{self.spec.text('action')} {number(self.quantity)} {name} {place or item.exchange}"

    def view(self) -> OrderView:
        """What openOrder and completedOrder show."""
        overrides: dict[str, str] = {}
        if self.trail_stop is not None:
            overrides["trailStopPrice"] = double(self.trail_stop)
        if self.limit_override is not None and (not self.type.peg or self.type.snap):
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


def ignores_outside_rth(item: Instrument, kind: OrderType, tif: str) -> bool:
    """Is "outside regular hours" without effect? For what goes to an auction, and for market orders in stocks."""
    return kind.auction or tif == "OPG" or (kind.rth_only and item.sec_type in {"STK", "CFD", "OPT", "BAG"})


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
    liquidation: bool = False  # IB closed the position for want of margin

    @property
    def signed(self) -> Decimal:
        """Shares, negative for a sale."""
        return self.shares if self.side == "BOT" else -self.shares
