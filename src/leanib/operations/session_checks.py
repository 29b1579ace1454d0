"""The doctor's last layers, on a real session: market data, read-only API, a what-if order."""

from __future__ import annotations

import asyncio

from ib_async import MarketOrder
from ib_async.wrapper import RequestError

from leanib.errors import LeanIBError
from leanib.ib.contracts import Instrument, qualify
from leanib.ib.session import LoginFailed, Session
from leanib.ib.settings import IBSettings
from leanib.ib.signals import Messages
from leanib.operations.findings import Finding, Verdict

__all__ = ["check_session"]

_NOT_SUBSCRIBED = {354, 10089, 10090, 10168}
_QUOTE_DEADLINE = 5.0


def check_session(settings: IBSettings, symbol: str, client_id: int) -> list[Finding]:
    """Logs in, asks for a quote and a what-if, leaves. Places no order."""
    return asyncio.run(_check(settings, symbol, client_id))


async def _check(settings: IBSettings, symbol: str, client_id: int) -> list[Finding]:
    messages = Messages()
    errors: list[tuple[int, str]] = []
    messages.error.connect(lambda _request, code, text: errors.append((code, text)))
    session = Session(settings, client_id, messages)
    try:
        await session.open(settings.connection.connect_timeout)
        timeout = settings.connection.request_timeout
        read_only = await _read_only(session, errors, timeout)
        instrument = await qualify(session.client, symbol, timeout)
        data = await _market_data(session, instrument, errors)
        what_if = await _what_if(session, instrument, errors, timeout) if read_only.verdict is Verdict.OK else None
        return [read_only, data, what_if or Finding("what-if order", Verdict.SKIPPED, "not reached")]
    except (LoginFailed, LeanIBError, ConnectionError) as error:
        return [
            Finding("session", Verdict.ERROR, str(error), "session-failed", "see logs/ib_connection.log and try again")
        ]
    finally:
        session.close()
        await asyncio.sleep(0)


async def _read_only(session: Session, errors: list[tuple[int, str]], timeout: float) -> Finding:
    """A read-only API refuses to tell open orders (321), or never answers."""
    question = asyncio.ensure_future(session.client.reqAllOpenOrdersAsync())
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while not question.done() and loop.time() < deadline and not _has(errors, 321):
        await asyncio.wait({question}, timeout=0.05)
    if question.done() and not question.cancelled() and question.exception() is None:
        return Finding("api", Verdict.OK, "open orders are told: the API is not read-only")
    question.cancel()
    remedy = "set READ_ONLY_API=no in .env and 'leanib gateway up' (in TWS: untick 'Read-Only API')"
    if _has(errors, 321):
        return Finding("api", Verdict.ERROR, "the API is read-only", "read-only-api", remedy)
    text = f"open orders were not told within {timeout:g} s"
    return Finding("api", Verdict.ERROR, text, "orders-not-told", remedy + "; confirm any dialog on its screen (VNC)")


async def _market_data(session: Session, instrument: Instrument, errors: list[tuple[int, str]]) -> Finding:
    ticker = session.client.reqMktData(instrument.contract, "", False, False)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _QUOTE_DEADLINE
    while (
        loop.time() < deadline and not _told(ticker.bid, ticker.ask, ticker.last, ticker.close) and not _refused(errors)
    ):
        await asyncio.sleep(0.05)
    session.client.cancelMktData(instrument.contract)
    name = "market data"
    if _has(errors, 10197):
        remedy = "log the other session of this IB user out (TWS, mobile)"
        return Finding(name, Verdict.WARNING, "another session takes the market data", "competing-session", remedy)
    if _told(ticker.bid, ticker.ask, ticker.last, ticker.close):
        return Finding(name, Verdict.OK, f"{instrument.name} is quoted")
    if any(code in _NOT_SUBSCRIBED for code, _ in errors):
        remedy = 'subscribe in Client Portal, or set market_data_type = "delayed" in config/'
        return Finding(name, Verdict.WARNING, f"{instrument.name} is not subscribed", "data-not-subscribed", remedy)
    text = f"no quote of {instrument.name} within {_QUOTE_DEADLINE:g} s"
    return Finding(
        name, Verdict.WARNING, text, "no-quote", "outside of trading hours that is normal; else see 'leanib quotes'"
    )


async def _what_if(session: Session, instrument: Instrument, errors: list[tuple[int, str]], timeout: float) -> Finding:
    order = MarketOrder("BUY", 1, account=session.account)
    name = "what-if order"
    try:
        async with asyncio.timeout(timeout):
            state = await session.client.whatIfOrderAsync(instrument.contract, order)
    except TimeoutError:
        remedy = "confirm the dialog on the Gateway's screen (VNC) and set BYPASS_WARNING=yes"
        return Finding(name, Verdict.ERROR, f"not answered within {timeout:g} s", "precaution-dialog", remedy)
    except RequestError as error:
        text = f"refused: {error.code}: {error.message}"
        if error.code == 321 or _has(errors, 321):
            return Finding(
                name, Verdict.ERROR, text, "read-only-api", "set READ_ONLY_API=no in .env and restart the Gateway"
            )
        return Finding(
            name, Verdict.ERROR, text, "order-refused", "see the account's trading permissions in Client Portal"
        )
    return Finding(name, Verdict.OK, f"1 {instrument.name} would change the initial margin by {state.initMarginChange}")


def _has(errors: list[tuple[int, str]], code: int) -> bool:
    return any(number == code for number, _ in errors)


def _refused(errors: list[tuple[int, str]]) -> bool:
    return any(code in _NOT_SUBSCRIBED or code == 10197 for code, _ in errors)


def _told(*prices: float) -> bool:
    return any(price == price and price > 0 for price in prices)
