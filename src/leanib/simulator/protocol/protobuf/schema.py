"""The messages of the TWS API in protobuf form: names, numbers and types of their fields.

A line is a message: `number name kind`, separated by commas; `*` before a kind marks a list. The numbers are facts of
the interface, gathered from what public clients send and understand; tests hold them against a public client's.
"""

from __future__ import annotations

from leanib.simulator.protocol.protobuf.messages import ACCOUNTS, CONTRACTS, DATA, SYSTEM
from leanib.simulator.protocol.protobuf.order_messages import ORDERS
from leanib.simulator.protocol.protobuf.wire import Field, Message

_SCALARS = frozenset("ildbsDm")


def parse(text: str) -> dict[str, Message]:
    """Messages by name; fields of message kinds are linked; raises KeyError for a kind that does not exist."""
    found: dict[str, Message] = {}
    for paragraph in text.strip().split("\n\n"):
        name, _, rest = " ".join(paragraph.split()).partition(":")
        fields = []
        for part in filter(None, (part.strip() for part in rest.split(","))):
            number, field_name, kind = part.split()
            fields.append(Field(int(number), field_name, kind.lstrip("*"), kind.startswith("*")))
        found[name] = Message(name, fields)
    for message in found.values():
        for field in message.by_name.values():
            if field.kind not in _SCALARS:
                field.message = found[field.kind]
    return found


MESSAGES = parse("\n\n".join(text.strip() for text in (SYSTEM, CONTRACTS, ACCOUNTS, DATA, ORDERS)))
