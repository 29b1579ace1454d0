"""One order against the limits, from a picture of the account."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leanib.ib.limits.picture import Intent, Market, Picture, Side, WorkingOrder, harm
from leanib.ib.limits.verdict import judge
from leanib.ib.settings_sections import RiskSettings

SPY = Market((Decimal("449.9"), Decimal("450.1"), Decimal(450)))
FLAT = Picture(Decimal(0), market=SPY, daily_pnl=Decimal(0))
DEFAULTS = RiskSettings(max_order_value=250_000, max_position_value=500_000)


def order(side: Side, remaining: float, *prices: float, key: str = "", **relations: str) -> WorkingOrder:
    """An order that works, or that is meant."""
    name = key or f"{side} {remaining} {prices} {relations}"
    return WorkingOrder(name, side, Decimal(str(remaining)), tuple(Decimal(str(p)) for p in prices), **relations)


def intent(side: Side, quantity: float, *prices: float, **more: Any) -> Intent:
    """A new order."""
    new = order(side, quantity, *prices, key="new")
    return Intent(new, new.remaining, frozenset({"SPY"}), **more)


def refused(risk: RiskSettings, picture: Picture, meant: Intent) -> str:
    """The key of the limit that refuses; empty when none does."""
    refusal = judge(risk, picture, meant)
    return refusal.key if refusal else ""


VALUE, POSITION, QUANTITY = "max_order_value", "max_position_value", "max_position_quantity"


@pytest.mark.parametrize(
    ("meant", "key"),
    [
        (intent("SELL", 5000, 1), VALUE),  # its own price hides what it sells
        (intent("BUY", 5000, 1), VALUE),  # a stop at 1 triggers at once
        (intent("BUY", 556), VALUE),
        (intent("BUY", 555), ""),
        (intent("SELL", 555, 449), ""),
        (intent("SELL", 250, 1001), VALUE),  # its own price is the worse one
        (intent("BUY", 249, 1001), ""),
        (intent("BUY", 1, 250_001), VALUE),
    ],
)
def test_an_order_is_worth_the_worse_of_its_own_price_and_the_market(meant: Intent, key: str) -> None:
    """Neither a low limit nor a low trigger makes an order smaller than the market says."""
    assert refused(DEFAULTS, FLAT, meant) == key


@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_both_sides_of_the_book_count(side: Side) -> None:
    """With a wide market the dearer side measures the order, whichever side it is on."""
    wide = replace(FLAT, market=Market((Decimal(10), Decimal(1000), Decimal(20))))
    assert refused(DEFAULTS, wide, intent(side, 251)) == VALUE
    assert refused(DEFAULTS, wide, intent(side, 250)) == ""


@pytest.mark.parametrize("market", [None, Market(())])
@pytest.mark.parametrize("prices", [(), (450,)])
def test_no_price_is_no_permission(market: Market | None, prices: tuple[float, ...]) -> None:
    """An order with a price of its own does not pass either, and the sentence says which way out there is."""
    blind = replace(FLAT, market=market, no_market="no price is known: give --reference-price")
    refusal = judge(DEFAULTS, blind, intent("BUY", 1, *prices))
    assert "give --reference-price" in str(refusal)


@pytest.mark.parametrize(
    ("position", "working", "meant", "key"),
    [
        # buys and sells apart: a far order on the other side buys no room
        (0, [order("SELL", 1000, 900)], intent("BUY", 101), QUANTITY),
        (0, [order("SELL", 1000, 900)], intent("BUY", 100), ""),
        (0, [order("BUY", 60, 1)], intent("BUY", 41), QUANTITY),
        (0, [order("BUY", 60, 1)], intent("BUY", 40), ""),
        (0, [order("BUY", 60, 1)], intent("SELL", 100), ""),
        (50, [order("BUY", 30)], intent("BUY", 21), QUANTITY),
        (50, [order("BUY", 30)], intent("SELL", 150), ""),
        (50, [order("BUY", 30)], intent("SELL", 151), QUANTITY),
        (-50, [order("SELL", 30)], intent("SELL", 21), QUANTITY),
        (-50, [order("SELL", 30)], intent("BUY", 150), ""),
        (100, [], intent("BUY", 1), QUANTITY),
        (-100, [], intent("SELL", 1), QUANTITY),
        # beyond the limit already: what closes passes, what adds does not
        (150, [], intent("SELL", 150), ""),
        (150, [], intent("SELL", 251), QUANTITY),
        (150, [], intent("BUY", 1), QUANTITY),
        (-150, [], intent("BUY", 250), ""),
        # two sells against one position
        (100, [order("SELL", 100)], intent("SELL", 100), ""),
        (100, [order("SELL", 100)], intent("SELL", 101), QUANTITY),
    ],
)
def test_working_orders_count_on_the_side_they_can_harm(
    position: int, working: list[WorkingOrder], meant: Intent, key: str
) -> None:
    """The position is measured as if everything on the order's side filled and nothing on the other."""
    picture = replace(FLAT, position=Decimal(position), working=tuple(working))
    assert refused(RiskSettings(max_position_quantity=100), picture, meant) == key


@pytest.mark.parametrize(
    ("working", "meant", "key"),
    [
        # value at the worse price of each
        ([order("BUY", 500, 600)], intent("BUY", 444), ""),  # 300,000 + 199,844.4
        ([order("BUY", 500, 600)], intent("BUY", 445), POSITION),
        ([order("BUY", 500, 1)], intent("BUY", 555), ""),  # 225,050 + 249,805.5
        ([order("BUY", 600, 1)], intent("BUY", 511), POSITION),
    ],
)
def test_a_position_is_worth_what_its_orders_could_pay(working: list[WorkingOrder], meant: Intent, key: str) -> None:
    """Each working order counts at the worse of its own price and the market's."""
    assert refused(DEFAULTS, replace(FLAT, working=tuple(working)), meant) == key


def test_what_is_short_is_closed_first_by_what_is_worth_least() -> None:
    """Buying back a short position at a high price leaves the dear part as the new position."""
    risk = RiskSettings(max_position_value=100_000)
    picture = replace(FLAT, position=Decimal(-100))
    assert refused(risk, replace(picture, working=(order("BUY", 100, 1),)), intent("BUY", 111, 900)) == ""
    assert refused(risk, replace(picture, working=(order("BUY", 100, 1),)), intent("BUY", 112, 900)) == POSITION


BRACKET = (
    order("SELL", 100, 500, key="take", parent="p", group="oca"),
    order("SELL", 100, 400, key="stop", parent="p", group="oca"),
)


def test_the_legs_of_a_bracket_count_once_and_only_for_what_their_parent_has_filled() -> None:
    """While the parent works its legs can open nothing; filled, one of the two can close it."""
    parent = order("BUY", 100, 450, key="p")
    assert harm((parent, *BRACKET), "SELL") == []
    assert sum(amount for amount, _ in harm((replace(parent, remaining=Decimal(40)), *BRACKET), "SELL")) == 60
    assert [amount for amount, _ in harm(BRACKET, "SELL")] == [100]


def test_orders_of_one_group_count_once() -> None:
    """Of orders that cancel each other the largest counts, on each side."""
    group = (order("SELL", 10, group="g"), order("SELL", 30, group="g"), order("BUY", 20, group="g"))
    assert [amount for amount, _ in harm(group, "SELL")] == [30]
    assert [amount for amount, _ in harm(group, "BUY")] == [20]


def test_a_stop_of_a_bracket_can_be_moved_after_the_daily_loss() -> None:
    """Protection is not blocked by its own sister leg."""
    risk = RiskSettings(max_daily_loss=10, max_position_quantity=100)
    picture = replace(FLAT, position=Decimal(100), working=(BRACKET[0],), daily_pnl=Decimal(-50))
    moved = replace(BRACKET[1], prices=(Decimal(420),))
    assert refused(risk, picture, Intent(moved, moved.remaining, frozenset({"SPY"}), replaces=BRACKET[1])) == ""


@pytest.mark.parametrize(
    ("position", "working", "meant", "key"),
    [
        (100, [], intent("SELL", 100), ""),
        (100, [], intent("SELL", 101), "max_daily_loss"),
        (100, [order("SELL", 100)], intent("SELL", 100), "max_daily_loss"),
        (100, [order("SELL", 60)], intent("SELL", 40), ""),
        (100, [order("SELL", 60)], intent("SELL", 41), "max_daily_loss"),
        (100, [order("BUY", 60)], intent("SELL", 100), ""),
        (-100, [], intent("BUY", 100), ""),
        (-100, [order("BUY", 1)], intent("BUY", 100), "max_daily_loss"),
        (0, [], intent("BUY", 1), "max_daily_loss"),
        (0, [], intent("SELL", 1), "max_daily_loss"),
        (100, [], intent("BUY", 1), "max_daily_loss"),
        (100, list(BRACKET), intent("SELL", 1), "max_daily_loss"),
    ],
)
def test_after_the_daily_loss_all_closing_orders_together_open_nothing(
    position: int, working: list[WorkingOrder], meant: Intent, key: str
) -> None:
    """Two SELL 100 against +100 would make -100: the second one is refused."""
    picture = replace(FLAT, position=Decimal(position), working=tuple(working), daily_pnl=Decimal(-10))
    assert refused(RiskSettings(max_daily_loss=10), picture, meant) == key


def test_a_future_quoted_in_cents_is_measured_in_dollars() -> None:
    """One ZC at 450 cents with a multiplier of 5000 and a magnifier of 100 is worth 22,500."""
    corn = replace(FLAT, market=Market((Decimal(450),)), point_value=Decimal(50))
    assert refused(RiskSettings(max_order_value=22_500), corn, intent("BUY", 1)) == ""
    assert refused(RiskSettings(max_order_value=22_499), corn, intent("BUY", 1)) == VALUE


@pytest.mark.parametrize("prices", [(), (-37.6,), (-40,)])
def test_a_negative_price_is_measured_by_its_size(prices: tuple[float, ...]) -> None:
    """CL at -37.6 is worth 37,600 a contract on either side, and no order is worth less than nothing."""
    crude = replace(FLAT, market=Market((Decimal("-37.7"), Decimal("-37.6"))), point_value=Decimal(1000))
    for side in ("BUY", "SELL"):
        assert refused(RiskSettings(max_order_value=40_000), crude, intent(side, 1, *prices)) == ""
        assert refused(RiskSettings(max_order_value=37_699), crude, intent(side, 1, *prices)) == VALUE


YEN = replace(FLAT, market=Market((Decimal("147.69"),)), is_pair=True, rate=Decimal("0.00677"))


@pytest.mark.parametrize(
    ("picture", "quantity", "key"),
    [
        (replace(YEN, pair_rate=Decimal(1)), 2_000, ""),  # 2,000 dollars, not 295,390
        (replace(YEN, pair_rate=Decimal(1)), 300_000, VALUE),
        (replace(YEN, pair_rate=Decimal(1), rate=None), 2_000, ""),
        (YEN, 2_000, ""),
        (YEN, 251_000, VALUE),
        (replace(YEN, market=None, pair_rate=Decimal(1)), 2_000, ""),
        (replace(YEN, rate=None), 1, VALUE),
        (replace(YEN, market=None), 1, VALUE),
    ],
)
def test_a_currency_pair_is_measured_in_the_base_currency(picture: Picture, quantity: int, key: str) -> None:
    """Its quantity is money: by the rate of its first currency, or by price and rate of the second."""
    assert refused(DEFAULTS, picture, intent("BUY", quantity)) == key


def test_quantities_of_currency_pairs_are_limited_in_value_only() -> None:
    """20,000 EURUSD are no 20,000 shares."""
    risk = RiskSettings(max_order_quantity=10_000, max_position_quantity=10_000, max_order_value=250_000)
    pair = replace(FLAT, is_pair=True, pair_rate=Decimal("1.09"), market=Market((Decimal("1.09"),)))
    assert refused(risk, pair, intent("BUY", 20_000)) == ""
    assert refused(risk, pair, intent("BUY", 230_000)) == VALUE
    assert refused(risk, FLAT, intent("BUY", 10_001)) == "max_order_quantity"


@pytest.mark.parametrize("rate", ["1.25", "0.8"])
def test_limits_are_in_the_account_s_base_currency(rate: str) -> None:
    """The same order is worth more or less in another currency."""
    picture = replace(FLAT, market=Market((Decimal(100),)), rate=Decimal(rate))
    assert refused(RiskSettings(max_order_value=1000 * float(rate)), picture, intent("BUY", 10)) == ""
    assert refused(RiskSettings(max_order_value=1000 * float(rate) - 1), picture, intent("BUY", 10)) == VALUE


def test_delayed_prices_count_worse_by_the_margin_that_the_user_sets() -> None:
    """10 % on every price of the market, none on the order's own."""
    delayed = replace(FLAT, market=Market((Decimal(100),), margin=Decimal("0.1")))
    assert refused(RiskSettings(max_order_value=1100), delayed, intent("BUY", 10)) == ""
    assert refused(RiskSettings(max_order_value=1099), delayed, intent("BUY", 10)) == VALUE
    assert refused(RiskSettings(max_order_value=1100), delayed, intent("BUY", 10, 110)) == ""


@pytest.mark.parametrize(
    ("limit", "missing"),
    [
        ({"max_order_value": 1}, {"market": None}),
        ({"max_order_value": 1}, {"rate": None}),
        ({"max_position_value": 1}, {"rate": None}),
        ({"max_position_value": 1e9}, {"position": None}),
        ({"max_position_quantity": 1}, {"position": None}),
        ({"max_daily_loss": 1}, {"daily_pnl": None}),
        ({"max_daily_loss": 1}, {"position": None, "daily_pnl": None}),
    ],
)
def test_what_is_unknown_refuses(limit: dict[str, Any], missing: dict[str, None]) -> None:
    """A limit that needs to know something lets nothing pass while nobody knows it."""
    refusal = judge(RiskSettings(**limit), replace(FLAT, **missing), intent("BUY", 1))
    assert refusal is not None
    assert "known" in refusal.why


@pytest.mark.parametrize(
    ("limit", "meant", "key"),
    [
        ({"kill_switch": True}, intent("SELL", 1), "kill_switch"),
        ({"allowed_symbols": ("MSFT",)}, intent("BUY", 1), "allowed_symbols"),
        ({"allowed_symbols": ("msft", " spy ")}, intent("BUY", 1), ""),
        ({"max_order_quantity": 10}, intent("SELL", 11), "max_order_quantity"),
        ({"max_order_quantity": 10}, intent("SELL", 10), ""),
        ({"max_orders_per_minute": 5}, intent("BUY", 1), ""),
        ({"max_orders_per_minute": 4}, intent("BUY", 1), "max_orders_per_minute"),
        ({"max_orders_per_minute": 6}, intent("BUY", 1, legs=BRACKET), "max_orders_per_minute"),
        ({"max_orders_per_minute": 7}, intent("BUY", 1, legs=BRACKET), ""),
    ],
)
def test_simple_limits(limit: dict[str, Any], meant: Intent, key: str) -> None:
    """Kill switch, symbols, quantity, and pace with its bracket's legs."""
    assert refused(RiskSettings(**limit), replace(FLAT, sent_last_minute=4), meant) == key


@pytest.mark.parametrize(
    ("remaining", "price", "key"),
    [(1000, 600, ""), (900, 600, ""), (1000, 500, ""), (1001, 600, VALUE), (1000, 601, VALUE), (1, 600_000, VALUE)],
)
def test_a_change_that_asks_for_less_passes_and_one_that_asks_for_more_is_measured(
    remaining: int, price: int, key: str
) -> None:
    """An order that is beyond a limit by now can still be made smaller."""
    old = order("BUY", 1000, 600, key="old")
    new = order("BUY", remaining, price, key="old")
    change = Intent(new, new.remaining, frozenset({"SPY"}), replaces=old)
    assert refused(DEFAULTS, replace(FLAT, position=Decimal(2000)), change) == key


@pytest.mark.parametrize("own", [(), (0,), (10,)])
@pytest.mark.parametrize("key", [VALUE, POSITION])
def test_a_market_price_of_zero_measures_nothing(own: tuple[float, ...], key: str) -> None:
    """A million of them would be worth nothing: refused, until somebody gives a price that measures."""
    risk = RiskSettings(**{key: 1000})
    nothing = replace(FLAT, market=Market((Decimal(0), Decimal(0))))
    for side in ("BUY", "SELL"):
        many = intent(side, 1_000_000, *own)  # type: ignore[arg-type]
        assert refused(risk, nothing, many) == key
    assert "--reference-price" in str(judge(risk, nothing, intent("BUY", 1, *own)))
    known = replace(FLAT, market=Market((Decimal(0), Decimal(5))))
    assert refused(risk, known, intent("BUY", 1, *own)) == ""


# What must hold whatever the account looks like.

quantities = st.integers(1, 400).map(Decimal)
prices = st.integers(-200, 800).map(Decimal)
orders = st.builds(
    WorkingOrder,
    key=st.integers(0, 10**9).map(str),
    side=st.sampled_from(["BUY", "SELL"]),
    remaining=quantities,
    prices=st.lists(prices, max_size=2).map(tuple),
    group=st.sampled_from(["", "", "g"]),
)
positions = st.integers(-500, 500).map(Decimal)
markets = st.lists(prices, min_size=1, max_size=3).map(lambda found: Market(tuple(found)))
risks = st.builds(
    RiskSettings,
    max_order_value=st.sampled_from([0, 50_000, 250_000]),
    max_position_value=st.sampled_from([0, 100_000]),
    max_position_quantity=st.sampled_from([0, 150]),
    max_daily_loss=st.sampled_from([0, 100]),
)
pictures = st.builds(
    Picture,
    position=positions,
    market=markets,
    working=st.lists(orders, max_size=4, unique_by=lambda o: o.key).map(tuple),
    daily_pnl=st.sampled_from([Decimal(0), Decimal(-100)]),
)


def meant(one: WorkingOrder) -> Intent:
    """A new order."""
    return Intent(replace(one, key="new"), one.remaining, frozenset({"SPY"}))


@given(st.lists(orders, min_size=1, max_size=8, unique_by=lambda o: o.key), positions, risks, st.data())
def test_whatever_passes_and_fills_never_exceeds_a_limit(
    asked: list[WorkingOrder], position: Decimal, risk: RiskSettings, data: st.DataObject
) -> None:
    """Orders are asked for one by one; then any of those that passed fill. No limit is exceeded that was not before."""
    picture = Picture(position, market=Market((Decimal(300),)), daily_pnl=Decimal(0))
    for one in asked:
        plain = replace(one, group="", prices=tuple(p for p in one.prices if abs(p) <= 300))
        if judge(risk, picture, Intent(plain, plain.remaining, frozenset())) is None:
            picture = replace(picture, working=(*picture.working, plain))
    filled = [o for o in picture.working if data.draw(st.booleans())]
    after = position + sum((o.remaining if o.side == "BUY" else -o.remaining for o in filled), Decimal(0))
    if risk.max_position_quantity:
        assert abs(after) <= max(abs(position), Decimal(str(risk.max_position_quantity)))
    if risk.max_position_value:
        assert abs(after) * 300 <= max(abs(position) * 300, Decimal(str(risk.max_position_value)))
    if risk.max_order_value:
        assert all(o.remaining * 300 <= Decimal(str(risk.max_order_value)) for o in picture.working)


@given(pictures, orders, risks, st.sampled_from(["position", "market", "rate", "daily_pnl"]))
def test_knowing_less_never_permits_more(picture: Picture, one: WorkingOrder, risk: RiskSettings, name: str) -> None:
    """What is refused with everything known is refused with something unknown."""
    if judge(risk, picture, meant(one)) is not None:
        assert judge(risk, replace(picture, **{name: None}), meant(one)) is not None


@given(pictures, orders, risks, orders)
def test_one_more_working_order_never_permits_more(
    picture: Picture, one: WorkingOrder, risk: RiskSettings, other: WorkingOrder
) -> None:
    """Whoever placed it, and on whatever side."""
    if judge(risk, picture, meant(one)) is not None:
        more = replace(picture, working=(*picture.working, replace(other, key="other")))
        assert judge(risk, more, meant(one)) is not None


@given(pictures, orders, risks)
def test_the_order_of_working_orders_does_not_matter(picture: Picture, one: WorkingOrder, risk: RiskSettings) -> None:
    """Nor does the sequence in which prices are told."""
    turned = replace(picture, working=picture.working[::-1])
    assert bool(judge(risk, picture, meant(one))) == bool(judge(risk, turned, meant(one)))


@given(pictures, orders, st.integers(1, 400))
def test_a_smaller_order_passes_where_a_larger_one_does(picture: Picture, one: WorkingOrder, less: int) -> None:
    """Values and positions grow with the quantity."""
    risk = RiskSettings(max_order_value=100_000, max_position_value=100_000, max_position_quantity=200)
    if judge(risk, picture, meant(one)) is None:
        smaller = replace(one, remaining=min(one.remaining, Decimal(less)))
        assert judge(risk, picture, meant(smaller)) is None
