"""Telling systemd: ready, alive, what it is at. Nothing where the process is not started by systemd.

Source: sd_notify(3). The watchdog is fed by the loop that looks, never by a thread of its own.
"""

from __future__ import annotations

import os
import socket

__all__ = ["notify", "watchdog_seconds"]


def notify(*words: str) -> bool:
    """Sends `READY=1`, `WATCHDOG=1`, `STATUS=...`; whether somebody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto("\n".join(words).encode(), address)
        except OSError:
            return False
    return True


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear of us at least (`WatchdogSec`); None without a watchdog."""
    text = os.environ.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdigit() and int(text) else None
