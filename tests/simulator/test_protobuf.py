"""The protobuf form: the tables against a public client's, round trips, and bytes that are no message."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import random
import struct
from contextlib import suppress
from decimal import Decimal
from functools import cache
from typing import Any

import ibapi.protobuf
import pytest
from google.protobuf import descriptor_pool, message_factory
from hypothesis import given, settings
from hypothesis import strategies as st
from raw import Raw

from leanib.simulator import Simulator, VirtualClock
from leanib.simulator.orders.kinds import REFUSED, TYPES
from leanib.simulator.protocol.fields import FieldError
from leanib.simulator.protocol.ids import Answer, Request
from leanib.simulator.protocol.orders import OrderView
from leanib.simulator.protocol.protobuf import answers, orders, requests
from leanib.simulator.protocol.protobuf.frames import OFFSET, from_frame, to_frame
from leanib.simulator.protocol.protobuf.schema import MESSAGES
from leanib.simulator.protocol.protobuf.wire import Field, Message, Values, decode, encode

KINDS = {5: "i", 3: "l", 1: "d", 9: "s", 8: "b"}
#: Messages of ours that stand for several of the official ones, and those that the client at hand does not have.
OURS = {"Empty", "ReqId"}
#: Fields that came after the client at hand (10.46, version 225).
NEWER = {("ContractDetails", 65), ("Order", 145)}


@cache
def official() -> Any:
    """The descriptor pool with every message of the public client."""
    for module in pkgutil.iter_modules(ibapi.protobuf.__path__):
        importlib.import_module(f"ibapi.protobuf.{module.name}")
    return descriptor_pool.Default()


def official_class(name: str) -> Any:
    """The public client's own class of a message."""
    return message_factory.GetMessageClass(official().FindMessageTypeByName(f"protobuf.{name}"))


def kind_of(field: Any) -> str:
    """A field's type in our notation."""
    if field.type in KINDS:
        return KINDS[field.type]
    return "m" if field.message_type.GetOptions().map_entry else str(field.message_type.name)


@pytest.mark.parametrize("name", sorted(MESSAGES.keys() - OURS))
def test_fields_are_those_of_the_public_client(name: str) -> None:
    """Every field has the number, the name and the type that the public client's message has."""
    theirs = {field.number: field for field in official().FindMessageTypeByName(f"protobuf.{name}").fields}
    for number, field in MESSAGES[name].by_number.items():
        if (name, number) in NEWER:
            continue
        assert theirs[number].name == field.name
        assert kind_of(theirs[number]) == ("s" if field.kind == "D" else field.kind)
    if not name.endswith(("Config", "Response")):  # of the configuration only what is answered
        assert theirs.keys() <= MESSAGES[name].by_number.keys()


SCALARS = {
    "i": st.integers(-(2**31), 2**31 - 1),
    "l": st.integers(-(2**63), 2**63 - 1),
    "d": st.floats(allow_nan=False),
    "b": st.booleans(),
    "s": st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8),
}
SCALARS["D"] = SCALARS["s"]


def values_of(message: Message) -> st.SearchStrategy[Values]:
    """Any contents of a message; lists and maps are not empty, since an empty one is the same as none."""

    def one(field: Field) -> st.SearchStrategy[Any]:
        if field.kind == "m":
            return st.dictionaries(SCALARS["s"], SCALARS["s"], min_size=1, max_size=3)
        single = SCALARS[field.kind] if field.message is None else st.deferred(lambda: values_of(field.message))
        return st.lists(single, min_size=1, max_size=3) if field.repeated else single

    return st.fixed_dictionaries({}, optional={name: one(field) for name, field in message.by_name.items()})


@pytest.mark.parametrize("name", ["PlaceOrderRequest", "OpenOrder", "SecDefOptParameter", "HistoricalTicksLast"])
def test_round_trips(name: str) -> None:
    """What is written is read back the same, by us and through the public client's own classes."""
    cls = official_class(name)

    @settings(max_examples=25, deadline=None)
    @given(values_of(MESSAGES[name]))
    def check(values: Values) -> None:
        data = encode(MESSAGES[name], values)
        assert decode(MESSAGES[name], data) == values
        assert decode(MESSAGES[name], cls.FromString(data).SerializeToString()) == values

    check()


def test_any_conforming_writing_is_read() -> None:
    """Unknown fields are passed over, lists may be packed or not, the last scalar counts."""
    filter_ = MESSAGES["ExecutionFilter"]
    assert decode(filter_, bytes.fromhex("4a0201024803")) == {"specificDates": [1, 2, 3]}
    assert decode(filter_, bytes.fromhex("08010802")) == {"clientId": 2}
    unknown = bytes.fromhex("c03e05 c23e0161 c13e0000000000000000 c53e00000000 0801")
    assert decode(filter_, unknown) == {"clientId": 1}
    assert decode(filter_, bytes.fromhex("08ffffffffffffffffff01")) == {"clientId": -1}


@pytest.mark.parametrize(
    "data", ["08", "0a05", "0a0161"[:4], "07", "00", "12", "1aff", "080000000000"[:2], "3a02ff00", "08" + "ff" * 11]
)
def test_bytes_that_are_no_message(data: str) -> None:
    """Cut off, out of range, not UTF-8: one error, FieldError."""
    with pytest.raises(FieldError):
        decode(MESSAGES["ExecutionFilter"], bytes.fromhex(data))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(MESSAGES)), st.binary(max_size=60))
def test_random_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    """Whatever the bytes, decoding ends with a message or with FieldError."""
    with suppress(FieldError):
        encode(MESSAGES[name], decode(MESSAGES[name], data))


def test_every_layout_fits_its_message() -> None:
    """Every row of both tables names fields that exist, and goes both ways."""
    for request in requests.TABLE:
        assert isinstance(requests.decoder(request)(b""), list)
    for answer in answers.TABLE:
        assert callable(answers.encoder(answer))
    for kind in "1234":
        assert callable(answers.encoder(Answer.TICK_BY_TICK, kind))


def test_names_that_the_text_form_escapes() -> None:
    """What the text form writes as an escape is plain UTF-8 in protobuf."""
    data = to_frame(226, b"6\x002\0Name\0M\\xfcnchen \\u20ac\0EUR\0DU1\0")
    assert decode(MESSAGES["AccountValue"], data[4:])["value"] == "München €"


def test_a_text_cannot_smuggle_fields() -> None:
    """A NUL in a protobuf text does not become two fields."""
    with pytest.raises(FieldError, match="NUL"):
        from_frame(226, struct.pack(">I", 281) + encode(MESSAGES["MatchingSymbolsRequest"], {"pattern": "a\0b"}))


#: Order fields that the Gateway fills, or that have a test of their own.
OWN = {"clientId", "orderId", "permId", "account", "totalQuantity"}
PLAIN: dict[str, Any] = {"i": 3, "l": 7, "d": 2.5, "b": True, "s": "x", "D": "10"}
NESTED: dict[str, Any] = {
    "algoParams": {"adaptivePriority": "Normal"}, "smartComboRoutingParams": {"NonGuaranteed": "1"},
    "orderMiscOptions": {"key": "value"}, "softDollarTier": {"name": "n", "value": "v", "displayName": ""},
    "conditions": [
        {"type": 1, "isConjunctionConnection": True, "isMore": True, "price": 100.0, "conId": 265598,
         "exchange": "SMART", "triggerMethod": 2},
        {"type": 3, "isConjunctionConnection": False, "isMore": False, "time": "20240103 10:00:00 US/Eastern"},
        {"type": 4, "isConjunctionConnection": False, "isMore": True, "percent": 30},
        {"type": 5, "isConjunctionConnection": True, "secType": "STK", "exchange": "SMART", "symbol": "AAPL"},
        {"type": 6, "isConjunctionConnection": True, "isMore": True, "volume": 5, "conId": 1, "exchange": "SMART"},
        {"type": 7, "isConjunctionConnection": True, "isMore": True, "changePercent": 1.5, "conId": 1,
         "exchange": "SMART"},
    ],
}  # fmt: skip


def echoed(order: Values, contract: Values) -> Values:
    """What openOrder shows of a placeOrder."""
    body = encode(MESSAGES["PlaceOrderRequest"], {"orderId": 5, "contract": contract, "order": order})
    request = orders.place_order(body)
    request.settle()
    item = Simulator(clock=VirtualClock()).market.instrument("AAPL")
    view = OrderView(5, 1, 9, "DU1", item, "SMART", request.spec, Decimal(10), legs=request.contract.legs)
    return decode(MESSAGES["OpenOrder"], orders.open_order(view).partition(b"\0")[2])


def test_every_field_of_an_order_comes_back() -> None:
    """Each field of placeOrder, the newest too, is in openOrder with the same value and type."""
    order = {name: NESTED.get(name, PLAIN.get(field.kind)) for name, field in MESSAGES["Order"].by_name.items()}
    shown = echoed(order, {"conId": 265598})["order"]
    assert {name: shown.get(name) for name in order.keys() - OWN} == {name: order[name] for name in order.keys() - OWN}
    assert {name: shown[name] for name in OWN} == {
        "clientId": 1, "orderId": 5, "permId": 9, "account": "DU1", "totalQuantity": "10",
    }  # fmt: skip


def test_what_an_order_does_not_say_is_absent() -> None:
    """Numbers that are not set are left out, transmit that is left out is false, and "up to the middle" is infinite."""
    order = {"action": "BUY", "totalQuantity": "10", "orderType": "PEG BEST", "competeAgainstBestOffset": float("inf")}
    shown = echoed(order, {"conId": 265598})["order"]
    assert not {"minQty", "trailStopPrice", "percentOffset", "displaySize"} & shown.keys()
    assert (shown["transmit"], shown["competeAgainstBestOffset"]) == (False, float("inf"))


def test_legs_and_delta_neutral_contracts_come_back() -> None:
    """The price of a leg is its own field; so is the contract that hedges."""
    legs = [{"conId": n, "ratio": n, "action": "BUY", "exchange": "SMART", "openClose": 1, "shortSalesSlot": 2,
             "designatedLocation": "X", "exemptCode": -1, "perLegPrice": 1.5} for n in (1, 2)]  # fmt: skip
    hedge = {"conId": 265598, "delta": 0.5, "price": 100.0}
    shown = echoed({"action": "BUY", "totalQuantity": "1", "orderType": "LMT"},
                   {"secType": "BAG", "comboLegs": legs, "deltaNeutralContract": hedge})["contract"]  # fmt: skip
    assert (shown["comboLegs"], shown["deltaNeutralContract"]) == (legs, hedge)


# over the wire


class RawProtobuf(Raw):
    """A client of a few lines at version 226."""

    def ask(self, request: Request, message: str, **values: Any) -> None:
        body = encode(MESSAGES[message], values)
        self.writer.write(struct.pack(">II", len(body) + 4, request + OFFSET) + body)

    @classmethod
    async def start(cls, sim: Simulator, client_id: int) -> RawProtobuf:
        raw = await cls.dial(sim)
        hello = b"v213..226"
        raw.writer.write(b"API\0" + struct.pack(">I", len(hello)) + hello)
        assert (await raw.fields())[0] == "226"
        raw.ask(Request.START_API, "StartApiRequest", clientId=client_id)
        while (await raw.take())[0] != Answer.NEXT_VALID_ID:
            pass
        return raw

    async def take(self) -> tuple[int, bytes]:
        """The id and the body of the next message."""
        (length,) = struct.unpack(">I", await asyncio.wait_for(self.reader.readexactly(4), 20))
        data = await self.reader.readexactly(length)
        return struct.unpack(">I", data[:4])[0] - OFFSET, data[4:]

    async def time(self) -> int:
        """The answer to reqCurrentTime."""
        self.ask(Request.CURRENT_TIME, "Empty")
        while True:
            kind, body = await self.take()
            if kind == Answer.CURRENT_TIME:
                return int(decode(MESSAGES["CurrentTime"], body)["currentTime"])


def any_order(rng: random.Random) -> Values:
    """Fields of any order type, with conditions and algorithms, right or wrong."""
    odd = (-1.0, float("nan"), 1e300)

    def number(*right: float) -> float:
        return rng.choice(odd if rng.random() < 0.05 else right)

    condition = {
        "type": rng.choice((1, 3, 4, 5, 6, 7, rng.choice((0, 9)))), "isConjunctionConnection": rng.random() < 0.5,
        "isMore": rng.random() < 0.5, "conId": rng.choice((265598, 756733, 265598, -1)), "price": number(100.0, 1.0),
        "time": rng.choice(("20240103 10:00:00 US/Eastern", "20240103-15:00:00", "soon")), "percent": 5,
        "volume": rng.choice((1, -1)), "changePercent": number(1.0), "symbol": "AAPL", "secType": "STK",
    }  # fmt: skip
    some = {name: value for name, value in condition.items() if name == "type" or rng.random() < 0.9}
    kind = rng.choice((*TYPES, *TYPES, rng.choice((*REFUSED, "what"))))
    trails = kind.startswith("TRAIL")
    return {
        "action": rng.choice(("BUY", "SELL")), "totalQuantity": "1", "orderType": kind,
        "auxPrice": 0.0 if trails else number(0.5, 100.0), "trailingPercent": 1.0 if trails else 0.0,
        "lmtPrice": number(100.0, 99.5), "cashQty": number(0.0), "tif": rng.choice(("", "DAY", "GTC", "OPG", "x")),
        "algoStrategy": rng.choice([*[""] * 8, "Adaptive", "Twap"]),
        "algoParams": {"adaptivePriority": rng.choice(("Urgent", "x"))},
        "conditions": [some] * rng.choice((0, 0, 1, 2)), "conditionsCancelOrder": rng.random() < 0.5,
        "minQty": rng.choice((0, 5, -5)), "parentId": rng.choice([*[0] * 8, 1, -3]),
    }  # fmt: skip


def any_leg(rng: random.Random) -> Values:
    """A leg of a combination, with a price or without."""
    return {
        "conId": rng.choice((265598, 756733, -1)), "ratio": rng.choice((1, 0, -2)), "action": rng.choice(("BUY", "")),
        "perLegPrice": rng.choice((1.0, float("nan"), -5.0)),
    }  # fmt: skip


def wrong_frame(rng: random.Random) -> bytes:
    """A frame that is wrong in one of many ways."""
    number = rng.choice([*(r + OFFSET for r in Request if r is not Request.START_API), 3, 71, 1 << 31, 5000])
    body = rng.randbytes(rng.randint(0, 80))
    if rng.random() < 0.5:
        contract = {"conId": rng.choice((265598, -1)), "symbol": "AAPL", "secType": rng.choice(("STK", "BAG", ""))}
        order = {"action": rng.choice(("BUY", "")), "totalQuantity": rng.choice(("1", "nan", "1e99", "")),
                 "orderType": "LMT", "lmtPrice": rng.choice((1.0, float("nan"), float("inf"), 1e300)),
                 "transmit": True}  # fmt: skip
        if rng.random() < 0.7:
            order |= any_order(rng)
        if contract["secType"] == "BAG" and rng.random() < 0.7:
            contract["comboLegs"] = [any_leg(rng) for _ in range(rng.randint(0, 3))]
        values = {"orderId": rng.randint(-9, 99), "contract": contract, "order": order}
        whole = encode(MESSAGES["PlaceOrderRequest"], values)
        body = whole[: rng.randint(0, len(whole))] if rng.random() < 0.3 else whole
        number = Request.PLACE_ORDER + OFFSET
    data = struct.pack(">I", number) + body
    return struct.pack(">I", len(data)) + (data if rng.random() < 0.95 else data[:3].ljust(len(data), b"\0"))


@pytest.mark.simulator(pacing=False)
async def test_malformed_frames_harm_nobody(simulator: Simulator) -> None:
    """Random bytes and cut messages are refused; nothing fails inside, and others are answered throughout."""
    rng = random.Random(7)
    simulator.market.set_quote("AAPL", 99, 101)
    good = await RawProtobuf.start(simulator, 2)
    bad = await RawProtobuf.start(simulator, 1)

    async def drain() -> None:
        while await bad.reader.read(1 << 20):
            pass

    drainer = asyncio.create_task(drain())
    for _ in range(20):
        for _ in range(50):
            bad.writer.write(wrong_frame(rng))
        await bad.writer.drain()
        assert await good.time() > 0
    for level in (50, 100, 150, 99):  # what was taken is worked
        simulator.market.set_quote("AAPL", level, level + 2, level + 1)
        simulator.market.set_quote("SPY", level, level + 2, level + 1)
        assert await good.time() > 0
    drainer.cancel()
    assert simulator.gateway.failures == 0
    kinds = {order.kind for order in simulator.orders.orders.values()}
    assert len(kinds) > 8, kinds
    assert simulator.accounts.ledgers["DU1234567"].imbalance() == {}


async def test_a_frame_shorter_than_an_id_is_refused(simulator: Simulator) -> None:
    """Lengths 0 to 3 are an error of the request; the connection lives."""
    raw = await RawProtobuf.start(simulator, 1)
    for length in range(4):
        raw.writer.write(struct.pack(">I", length) + b"\0" * length)
    assert await raw.time() > 0


@pytest.mark.simulator(master_client_id=4)
async def test_the_configuration(simulator: Simulator) -> None:
    """What the simulator has of a Gateway's settings is told; it is not changed over the API."""
    raw = await RawProtobuf.start(simulator, 1)
    raw.ask(Request.CONFIG, "ReqId", reqId=3)
    raw.ask(Request.UPDATE_CONFIG, "ReqId", reqId=4)
    found: dict[int, Values] = {}
    for _ in range(40):
        kind, body = await raw.take()
        if kind == Answer.CONFIG:
            found[kind] = decode(MESSAGES["ConfigResponse"], body)
        elif kind == Answer.ERROR and decode(MESSAGES["ErrorMessage"], body)["id"] == 4:
            break
    assert found == {Answer.CONFIG: {"reqId": 3, "api": {"settings": {"readOnlyApi": False, "masterClientId": 4}}}}
