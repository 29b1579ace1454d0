"""Requests about the connection, and those that the simulator answers with "nothing here"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.simulator.clock import SECOND_US
from leanib.simulator.protocol import system as answers
from leanib.simulator.protocol import versions
from leanib.simulator.protocol.fields import FieldError, Reader
from leanib.simulator.protocol.ids import Answer, Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway, Handler
    from leanib.simulator.session import Session


def start_api(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer startApi: version, client id, optional capabilities."""
    reader.integer()
    gateway.start_api(session, reader.integer())


def current_time(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqCurrentTime."""
    session.send(answers.current_time(gateway.clock.now_us() // SECOND_US))


def current_time_in_millis(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqCurrentTimeInMillis."""
    session.send(answers.current_time_in_millis(gateway.clock.now_us() // 1000))


def ids(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqIds."""
    session.send(answers.next_valid_id(gateway.desk.next_id(session.client_id or 0)))


def ignore(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Requests that need no answer: log level, cancellations of things that never stream here."""


def user_info(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqUserInfo: no white branding."""
    if session.version < versions.USER_INFO:
        raise FieldError("user info needs server version 167")
    session.send(answers.user_info(reader.integer()))


def soft_dollar_tiers(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqSoftDollarTiers: none."""
    session.send(answers.end(Answer.SOFT_DOLLAR_TIERS, reader.integer(), 0))


def news_providers(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqNewsProviders: none."""
    session.send(answers.end(Answer.NEWS_PROVIDERS, 0))


def historical_news(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqHistoricalNews: none."""
    session.send(answers.end(Answer.HISTORICAL_NEWS_END, reader.integer(), False))


def news_article(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqNewsArticle: no such article."""
    session.error(reader.integer(), 321, "-'cd' : cause - The news article is not available.")


def no_subscription(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Fundamentals and the Wall Street Horizon calendar: not subscribed."""
    first = reader.integer()
    req_id = reader.integer() if reader.left > 3 else first
    session.error(req_id, 430)


def calendar(gateway: Gateway, session: Session, reader: Reader) -> None:
    """The Wall Street Horizon calendar: not subscribed."""
    session.error(reader.integer(), 10089)


def scanner_parameters(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqScannerParameters: an empty document."""
    xml = '<?xml version="1.0" encoding="UTF-8"?><ScanParameterResponse></ScanParameterResponse>'
    session.send(answers.end(Answer.SCANNER_PARAMETERS, 1, xml))


def scanner(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqScannerSubscription: nothing matches."""
    req_id = reader.integer()
    session.send(answers.end(Answer.SCANNER_DATA, 3, req_id, 0))


def config(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqConfig with the few settings that the simulator has: read-only, the master client."""
    read_only, master = gateway.faults.is_read_only, gateway.master_client_id
    session.send(answers.end(Answer.CONFIG, reader.integer(), read_only, "", "" if master is None else master))


def update_config(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer updateConfig: the simulator is set up from outside, not over the API."""
    session.error(reader.integer(), 321, "-'cz' : cause - The configuration cannot be changed over the API here.")


def display_groups(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer queryDisplayGroups: a Gateway has no windows."""
    reader.integer()
    session.send(answers.end(Answer.DISPLAY_GROUP_LIST, 1, reader.integer(), ""))


def request_fa(gateway: Gateway, session: Session, reader: Reader) -> None:
    """requestFA, replaceFA: not an advisor's login."""
    session.error(-1, 321, "-'bA' : cause - FA data operations ignored for non FA customers.")


HANDLERS: dict[Request, Handler] = {
    Request.START_API: start_api,
    Request.CURRENT_TIME: current_time,
    Request.CURRENT_TIME_IN_MILLIS: current_time_in_millis,
    Request.IDS: ids,
    Request.SERVER_LOG_LEVEL: ignore,
    Request.NEWS_BULLETINS: ignore,
    Request.CANCEL_NEWS_BULLETINS: ignore,
    Request.CANCEL_SCANNER: ignore,
    Request.CANCEL_FUNDAMENTAL_DATA: ignore,
    Request.CANCEL_WSH_META_DATA: ignore,
    Request.CANCEL_WSH_EVENT_DATA: ignore,
    Request.CANCEL_HEAD_TIMESTAMP: ignore,
    Request.CANCEL_CONTRACT_DETAILS: ignore,
    Request.CANCEL_HISTORICAL_TICKS: ignore,
    Request.CANCEL_HISTOGRAM: ignore,
    Request.CANCEL_IMPLIED_VOLATILITY: ignore,
    Request.CANCEL_OPTION_PRICE: ignore,
    Request.SUBSCRIBE_GROUP_EVENTS: ignore,
    Request.UPDATE_DISPLAY_GROUP: ignore,
    Request.UNSUBSCRIBE_GROUP_EVENTS: ignore,
    Request.USER_INFO: user_info,
    Request.SOFT_DOLLAR_TIERS: soft_dollar_tiers,
    Request.NEWS_PROVIDERS: news_providers,
    Request.HISTORICAL_NEWS: historical_news,
    Request.NEWS_ARTICLE: news_article,
    Request.FUNDAMENTAL_DATA: no_subscription,
    Request.WSH_META_DATA: calendar,
    Request.WSH_EVENT_DATA: calendar,
    Request.SCANNER_PARAMETERS: scanner_parameters,
    Request.SCANNER: scanner,
    Request.QUERY_DISPLAY_GROUPS: display_groups,
    Request.CONFIG: config,
    Request.UPDATE_CONFIG: update_config,
    Request.REQUEST_FA: request_fa,
    Request.REPLACE_FA: request_fa,
}
