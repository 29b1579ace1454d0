"""Orders as they are before they are sent: with references, and as the journal keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument
from leanib.ib.exercises import ExercisedOption, terms_of_exercise
from leanib.ib.journal import Journal, OrderRecord, Terms
from leanib.ib.order_request import OrderRequest, terms_of
from leanib.ib.references import new_reference

__all__ = ["Asked", "new_records", "with_references"]

Asked = list[tuple[str, OrderRequest]]
"""An order and then its legs, each with its reference."""


def with_references(request: OrderRequest, identity: Callable[[], UUID] | None, ref: str = "") -> Asked:
    """An order and its legs, each with the reference that it gets; `ref` is the own one of the order."""
    legs = [(new_reference(identity), leg) for leg in request.legs()]
    return [(ref or new_reference(identity), request), *legs]


def new_records(asked: Asked, instrument: Instrument, connection: IBConnection, journal: Journal) -> list[OrderRecord]:
    """The order and its legs with their identities: order ids above every one that the journal has seen."""
    client = connection.client.client
    client.updateReqId(journal.high_water_mark(connection.client_id) + 1)
    now, parent_ref = connection.clock.now(), asked[0][0]
    return [
        OrderRecord(
            ref=ref,
            account=connection.account,
            con_id=instrument.contract.conId,
            symbol=instrument.name,
            contract=dict(instrument.contract_fields),
            action=one.side,
            asked=Terms(one.quantity, terms_of(one) | _brought(instrument, one)),
            client_id=connection.client_id,
            order_id=client.getReqId(),
            parent_ref=parent_ref if number else "",
            created_at=now,
            updated_at=now,
        )
        for number, (ref, one) in enumerate(asked)
    ]


def _brought(instrument: Instrument, request: OrderRequest) -> dict[str, Any]:
    return terms_of_exercise(instrument, request.quantity) if isinstance(instrument, ExercisedOption) else {}
