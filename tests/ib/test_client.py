"""ib_async behind one door: nobody but the client reaches into the library."""

from __future__ import annotations

import ast
import math
from pathlib import Path
from typing import Any

import pytest
from ib_async import Client, ComboLeg, Contract, Order, OrderComboLeg, Stock, TagValue

import leanib.ib
from leanib.ib.client import GatewayClient

INSIDES = {"wrapper", "conn", "decoder", "ticker2ReqId", "connState", "_readers", "_serverVersion"}


def test_nobody_but_the_client_reaches_into_the_library() -> None:
    """Its insides change from release to release; `client.py` is the one module that may break."""
    folder = Path(leanib.ib.__file__).parent
    found = [
        f"{path.relative_to(folder)}:{node.lineno} {node.attr}"
        for path in sorted(folder.rglob("*.py"))
        if path.name != "client.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in INSIDES
    ]
    assert found == []


class _Deaf:
    """Hears of nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def _stock() -> Contract:
    return Stock("AAPL", "SMART", "USD", conId=265598, strike=0.0, primaryExchange="NASDAQ")


def _spread() -> Contract:
    legs = [ComboLeg(conId=n, ratio=n, action="BUY", exchange="SMART") for n in (1, 2)]
    return Contract(secType="BAG", symbol="SPY", exchange="SMART", currency="USD", comboLegs=legs)


_ORDERS = [
    (_stock(), Order(action="BUY", totalQuantity=3, orderType="MKT", tif="DAY", orderRef="leanib-1", transmit=True)),
    (_stock(), Order(action="SELL", totalQuantity=0.5, orderType="LMT", lmtPrice=101.25, outsideRth=True, parentId=7)),
    (_stock(), Order(action="SELL", totalQuantity=1, orderType="TRAIL", trailingPercent=math.inf, goodTillDate="x")),
    (_stock(), Order(action="BUY", totalQuantity=1, algoStrategy="Vwap", algoParams=[TagValue("a", "1")])),
    (_stock(), Order(orderMiscOptions=[TagValue("a", "1"), TagValue("b", "2")], lmtPrice=0.0, auxPrice=1e-9)),
    (
        _spread(),
        Order(
            action="BUY", totalQuantity=1, orderType="LMT", lmtPrice=-1.5,
            orderComboLegs=[OrderComboLeg(1.0), OrderComboLeg()],
            smartComboRoutingParams=[TagValue("NonGuaranteed", "1")],
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("contract", "order"), _ORDERS)
def test_what_is_sent_is_what_the_library_would_send(
    contract: Contract, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the byte: an order whose fields stand elsewhere is another order."""
    client = GatewayClient(_Deaf()).client
    sent: list[str] = []
    monkeypatch.setattr(client, "isConnected", lambda: True)
    monkeypatch.setattr(client, "sendMsg", sent.append)
    monkeypatch.setattr(client, "_serverVersion", 176)
    client.placeOrder(5, contract, order)
    client.reqMktData(6, contract, "101", False, False, [TagValue("c", "3")])
    client.reqHistoricalData(7, contract, "", "1 D", "1 min", "TRADES", True, 1, False, [])
    own, sent[:] = list(sent), []
    monkeypatch.setattr(type(client), "send", Client.send)
    client.placeOrder(5, contract, order)
    client.reqMktData(6, contract, "101", False, False, [TagValue("c", "3")])
    client.reqHistoricalData(7, contract, "", "1 D", "1 min", "TRADES", True, 1, False, [])
    assert own == sent
    assert len(own) == 3
