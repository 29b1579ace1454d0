"""Between the text messages that the Gateway works with and what frames hold from server version 201 on.

There a binary id comes first; what follows is text without an id, or protobuf under an id that is 200 higher.
"""

from __future__ import annotations

import re
import struct

from leanib.simulator.protocol import versions
from leanib.simulator.protocol.fields import FieldError
from leanib.simulator.protocol.ids import Answer, Request
from leanib.simulator.protocol.protobuf import answers, orders, requests

#: What is added to a message's id when its body is protobuf.
OFFSET = 200
_ID = struct.Struct(">I")
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_ANSWERS = {str(int(answer)): answer for answer in Answer}
_REQUESTS = {int(request): request for request in Request}


def to_frame(version: int, payload: bytes) -> bytes:
    """What a client of this server version gets for an answer."""
    if version < versions.PROTOBUF:
        return payload if version >= versions.ESCAPED_TEXT else plain(payload.decode("ascii", "replace")).encode()
    head, _, body = payload.partition(b"\0")
    answer = _ANSWERS.get(head.decode("ascii", "replace"))
    if answer is None:  # the handshake, which is always text and has no id
        return payload
    since = orders.SINCE.get(answer)
    if since is not None:
        return _ID.pack(answer + OFFSET if version >= since else answer) + body
    if version < answers.SINCE.get(answer, version + 1):
        return _ID.pack(answer) + body
    fields = plain(body.decode("ascii", "replace")).split("\0")
    kind = fields[1] if answer is Answer.TICK_BY_TICK else ""
    return _ID.pack(answer + OFFSET) + answers.encoder(answer, kind)(fields)


def plain(text: str) -> str:
    """A text without the escapes that versions 153 to 200 put in the place of characters beyond ASCII."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)), text)


def from_frame(version: int, data: bytes) -> bytes:
    """The request in a frame of a client of this server version; raises FieldError when it cannot be read.

    placeOrder keeps its protobuf body behind its id: `orders.place_order` reads it.
    """
    if version < versions.PROTOBUF:
        return data
    if len(data) < _ID.size:
        raise FieldError("the message is too short for its id")
    (number,) = _ID.unpack_from(data)
    body = data[_ID.size :]
    if number <= OFFSET:
        if number == Request.PLACE_ORDER and version >= orders.PLACE_SINCE:
            raise FieldError("placeOrder is a protobuf message at this server version")
        return b"%d\0%b" % (number, body)
    request = _REQUESTS.get(number - OFFSET)
    if request is Request.PLACE_ORDER:
        return b"%d\0%b" % (request, body)
    if request is None or request not in requests.TABLE:
        return b"%d\0" % number
    fields = requests.decoder(request)(body)
    return "".join(f"{field}\0" for field in (str(int(request)), *fields)).encode()
