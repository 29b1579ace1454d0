"""Faults of single messages: dropped, duplicated, delayed, split, truncated, reordered; by kind, client and count."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from leanib.errors import UsageError
from leanib.simulator.faults.mark import fault
from leanib.simulator.protocol.ids import Answer, Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session

Kinds = str | Iterable[str]
ORDER_NEWS = ("ORDER_STATUS", "EXECUTION", "COMMISSION_REPORT")


@dataclass(slots=True, eq=False)
class Rule:
    """What happens to messages that match: of some kinds (none: all), to some client, from `skip` on, `times` often."""

    action: str
    kinds: frozenset[bytes]
    client_id: int | None = None
    times: int | None = None
    skip: int = 0
    every: int = 1
    seconds: float = 0.0
    at: int = 0
    containing: bytes = b""
    seen: int = 0
    hit: int = 0
    held: list[tuple[Session, bytes]] = field(default_factory=list)

    def matches(self, session: Session, payload: bytes) -> bool:
        """Does this message suffer?"""
        if self.times is not None and self.hit >= self.times:
            return False
        if self.client_id is not None and session.client_id != self.client_id:
            return False
        if self.kinds and payload.split(b"\0", 1)[0] not in self.kinds:
            return False
        if self.containing and self.containing not in payload:
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.seen - self.skip - 1) % self.every:
            return False
        self.hit += 1
        return True


def kinds_of(kinds: Kinds, ids: type[IntEnum] = Answer) -> frozenset[bytes]:
    """Message ids by the names of `protocol.ids`; raises UsageError for a name that does not exist."""
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    found = set()
    for name in names:
        if name and name.upper() not in ids.__members__:
            raise UsageError(f"there is no message {name!r}; choose from {', '.join(ids.__members__)}")
        if name:
            found.add(str(int(ids[name.upper()])).encode())
    return frozenset(found)


class WireFaults:
    """Mixin: rules on outgoing messages."""

    gateway: Gateway

    def _init_wire(self) -> None:
        self.rules: list[Rule] = []
        #: The same for what clients send.
        self.inbound: list[Rule] = []
        self._random = random.Random(self.gateway.seed)  # noqa: S311
        self._rate = 0.0
        self._free_at: dict[int, int] = {}

    def clear_wire(self) -> None:
        """Lift every rule; what is held is sent."""
        rules, self.rules = self.rules, []
        self.inbound.clear()
        self._rate = 0.0
        self._free_at.clear()
        for rule in rules:
            self._release(rule)

    @property
    def active(self) -> bool:
        """Must outgoing messages be looked at?"""
        return bool(self.rules or self._rate)

    def reroutes(self, session: Session, payload: bytes) -> bool:
        """Treat one outgoing message; False when it should simply be sent."""
        for rule in self.rules:
            if rule.matches(session, payload):
                getattr(self, f"_do_{rule.action}")(rule, session, payload)
                return True
        if self._rate:
            self._trickle(session, payload)
            return True
        return False

    def _loses_request(self, session: Session, payload: bytes) -> bool:
        """Does a rule keep a client's message from the Gateway, for a while or for good?"""
        for rule in self.inbound:
            if rule.matches(session, payload):
                if rule.action == "delay":
                    self.gateway.clock.call_later(rule.seconds, self._hear_late, session, payload)
                return True
        return False

    def _hear_late(self, session: Session, payload: bytes) -> None:
        if not session.closed:
            self.gateway.handle(session, payload)

    def _do_drop(self, rule: Rule, session: Session, payload: bytes) -> None:
        """Not sent at all."""

    def _do_duplicate(self, rule: Rule, session: Session, payload: bytes) -> None:
        self.gateway.put(session, payload)
        self.gateway.put(session, payload)

    def _do_delay(self, rule: Rule, session: Session, payload: bytes) -> None:
        self.gateway.clock.call_later(rule.seconds, self.gateway.put, session, payload)

    def _do_split(self, rule: Rule, session: Session, payload: bytes) -> None:
        """Both halves of the frame arrive, the second one later; what follows waits behind it."""
        data = session.framed(payload)
        session.write(data[: rule.at])
        session.flush()
        session.stall(data[rule.at :], rule.seconds)

    def _do_truncate(self, rule: Rule, session: Session, payload: bytes) -> None:
        session.write(session.framed(payload)[: rule.at])
        session.close()

    def _do_corrupt(self, rule: Rule, session: Session, payload: bytes) -> None:
        """The frame's length is right, its tail is missing fields."""
        self.gateway.put(session, payload[: max(rule.at, 1)] + b"\0")

    def _do_close(self, rule: Rule, session: Session, payload: bytes) -> None:
        session.close()

    def _do_reset(self, rule: Rule, session: Session, payload: bytes) -> None:
        session.close(reset=True)

    def _do_shuffle(self, rule: Rule, session: Session, payload: bytes) -> None:
        rule.held.append((session, payload))
        if len(rule.held) >= rule.at:
            self._random.shuffle(rule.held)
            self._release(rule)

    def _do_reverse(self, rule: Rule, session: Session, payload: bytes) -> None:
        rule.held.append((session, payload))
        if len(rule.held) >= rule.at:
            rule.held.reverse()
            self._release(rule)

    def _do_hold(self, rule: Rule, session: Session, payload: bytes) -> None:
        rule.held.append((session, payload))

    def _release(self, rule: Rule) -> None:
        held, rule.held = rule.held, []
        for session, payload in held:
            if not session.closed:
                self.gateway.put(session, payload)

    def _trickle(self, session: Session, payload: bytes) -> None:
        clock = self.gateway.clock
        free = max(self._free_at.get(session.number, 0), clock.now_us())
        self._free_at[session.number] = free + round((len(payload) + 4) / self._rate * 1_000_000)
        clock.call_at(free, self.gateway.put, session, payload)

    def _forget_rate(self, number: int) -> None:
        self._free_at.pop(number, None)

    def _add(self, action: str, kinds: Kinds, containing: str = "", **settings: float | None) -> Rule:
        rule = Rule(action, kinds_of(kinds), containing=containing.encode())
        for name, value in settings.items():
            setattr(rule, name, value)
        if rule.every < 1:
            raise UsageError(f"{action}: every must be at least 1")
        self.rules.append(rule)
        return rule

    # the faults

    @fault
    def drop(
        self, kinds: Kinds = "", times: int | None = None, every: int = 1, skip: int = 0, client_id: int | None = None,
        containing: str = "",
    ) -> Rule:  # fmt: skip
        """Lose messages of some kinds (none: all): after `skip` of them each `every`-th, `times` often."""
        return self._add("drop", kinds, containing, times=times, every=every, skip=skip, client_id=client_id)

    @fault
    def drop_requests(
        self, kinds: Kinds = "", times: int | None = None, every: int = 1, skip: int = 0, client_id: int | None = None
    ) -> Rule:
        """Lose what clients send, by the names of `protocol.ids.Request` (none: all); what they are sent comes."""
        rule = Rule("drop", kinds_of(kinds, Request), client_id, times, skip, every)
        return self._add_inbound(rule)

    @fault
    def delay_requests(
        self, seconds: float, kinds: Kinds = "", times: int | None = None, skip: int = 0, client_id: int | None = None
    ) -> Rule:
        """Hear what clients send late, by the names of `protocol.ids.Request` (none: all); others overtake it."""
        return self._add_inbound(Rule("delay", kinds_of(kinds, Request), client_id, times, skip, seconds=seconds))

    def _add_inbound(self, rule: Rule) -> Rule:
        if rule.every < 1:
            raise UsageError(f"{rule.action}: every must be at least 1")
        self.inbound.append(rule)
        return rule

    @fault
    def duplicate(
        self, kinds: Kinds = "", times: int | None = None, every: int = 1, skip: int = 0, client_id: int | None = None,
        containing: str = "",
    ) -> Rule:  # fmt: skip
        """Send messages twice."""
        return self._add("duplicate", kinds, containing, times=times, every=every, skip=skip, client_id=client_id)

    @fault
    def delay(
        self, seconds: float, kinds: Kinds = "", times: int | None = None, skip: int = 0, client_id: int | None = None,
        containing: str = "",
    ) -> Rule:  # fmt: skip
        """Send messages late; others overtake them."""
        return self._add("delay", kinds, containing, seconds=seconds, times=times, skip=skip, client_id=client_id)

    @fault
    def split(
        self, at: int, seconds: float = 0.05, kinds: Kinds = "", times: int | None = None, client_id: int | None = None
    ) -> Rule:
        """Send the first `at` bytes of frames (length prefix included), the rest later."""
        return self._add("split", kinds, at=at, seconds=seconds, times=times, client_id=client_id)

    @fault
    def truncate(self, at: int, kinds: Kinds = "", skip: int = 0, client_id: int | None = None) -> Rule:
        """Send the first `at` bytes of a frame, then close the connection."""
        return self._add("truncate", kinds, at=at, times=1, skip=skip, client_id=client_id)

    @fault
    def corrupt(self, at: int, kinds: Kinds = "", times: int | None = 1, client_id: int | None = None) -> Rule:
        """Send messages without what follows byte `at`, in a frame that fits."""
        return self._add("corrupt", kinds, at=at, times=times, client_id=client_id)

    @fault
    def close_before(
        self, kinds: Kinds, reset: bool = False, skip: int = 0, client_id: int | None = None, containing: str = ""
    ) -> Rule:
        """Close (or reset) the connection instead of sending a message of this kind, once."""
        action = "reset" if reset else "close"
        return self._add(action, kinds, containing, times=1, skip=skip, client_id=client_id)

    @fault
    def shuffle(self, kinds: Kinds = ORDER_NEWS, window: int = 4, client_id: int | None = None) -> Rule:
        """Collect so many messages, then send them in random order (from the seed)."""
        return self._add("shuffle", kinds, at=window, client_id=client_id)

    @fault
    def reverse(self, kinds: Kinds = ORDER_NEWS, window: int = 2, client_id: int | None = None) -> Rule:
        """Collect so many messages, then send the last one first."""
        return self._add("reverse", kinds, at=window, client_id=client_id)

    @fault
    def hold(self, kinds: Kinds = "", client_id: int | None = None, containing: str = "") -> Rule:
        """Keep messages back until `release`."""
        return self._add("hold", kinds, containing, client_id=client_id)

    @fault
    def release(self) -> None:
        """Send what rules keep back, and lift the rules that keep back."""
        for rule in [rule for rule in self.rules if rule.action in {"hold", "shuffle", "reverse"}]:
            self.rules.remove(rule)
            self._release(rule)

    @fault
    def throttle(self, bytes_per_second: float = 0.0) -> None:
        """Send no faster than this (0 ends it): a slow network, a slow consumer."""
        self._rate = bytes_per_second

    @fault
    def pass_all(self) -> None:
        """Lift every rule on messages; what is held is sent."""
        self.clear_wire()
