"""Waiting for a closed port to open, so that a Gateway that returns is dialled at once and not at the next slow try."""

from __future__ import annotations

import asyncio

__all__ = ["wait_for_port"]

_EVERY = 2.0


async def wait_for_port(host: str, port: int, timeout: float) -> bool:
    """Looks every two seconds whether something listens; False when the time (seconds) is over first."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while (left := deadline - loop.time()) > 0:
        await asyncio.sleep(min(_EVERY, left))
        if await _listens(host, port):
            return True
    return False


async def _listens(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_EVERY):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
