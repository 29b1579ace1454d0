"""Contract requests."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.simulator.market.instruments import Instrument
from leanib.simulator.protocol import contracts as answers
from leanib.simulator.protocol import system, versions
from leanib.simulator.protocol.contracts import ContractQuery, read_contract
from leanib.simulator.protocol.fields import Reader
from leanib.simulator.protocol.ids import Answer, Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway, Handler
    from leanib.simulator.session import Session

OPTION_EXCHANGES = ("SMART", "CBOE", "ISE", "AMEX")


def contract_details(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqContractDetails: every contract that fits; none is error 200."""
    reader.integer()
    req_id = reader.integer()
    query = read_contract(reader)
    query.include_expired = reader.boolean()
    query.sec_id_type, query.sec_id = reader.text(), reader.text()
    if session.version >= versions.BOND_ISSUER:
        reader.text()
    if not (query.con_id or query.symbol or query.local_symbol or query.sec_id or query.trading_class):
        session.error(req_id, 321, "-'bQ' : cause - Please enter a local symbol or a symbol.")
        return
    found = gateway.market.directory.find(query)
    if not found:
        session.error(req_id, 200)
        return
    now = gateway.clock.now_us()
    for item in found:
        if item.sec_type == "BOND":
            session.send(answers.bond_details(session.version, req_id, item, item.details(now), item.bond))
        else:
            session.send(answers.contract_details(session.version, req_id, item, item.details(now)))
    session.send(answers.contract_details_end(req_id))


def matching_symbols(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqMatchingSymbols."""
    req_id, pattern = reader.integer(), reader.text()
    directory = gateway.market.directory
    rows = [(item, directory.derivatives(item), item.long_name) for item in directory.matching(pattern)]
    session.send(answers.symbol_samples(session.version, req_id, rows))


def option_parameters(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqSecDefOptParams: expirations and strikes by exchange; an underlying without options just ends."""
    req_id = reader.integer()
    reader.text()  # the symbol, which the contract id makes redundant
    exchange, _, con_id = reader.text(), reader.text(), reader.integer()
    under = gateway.market.directory.by_id.get(con_id)
    chain = gateway.market.directory.chain(under) if under is not None else []
    groups: dict[str, list[Instrument]] = defaultdict(list)
    for item in chain:
        groups[item.trading_class].append(item)
    for trading_class, items in groups.items():
        expirations = sorted({item.expiry for item in items})
        strikes: list[Decimal] = sorted({item.strike for item in items})
        venues = OPTION_EXCHANGES if items[0].sec_type == "OPT" else (items[0].exchange,)
        multiplier = items[0].multiplier_text
        for venue in [exchange] if exchange else venues:
            session.send(
                answers.option_parameters(req_id, venue, con_id, trading_class, multiplier, expirations, strikes)
            )
    session.send(system.end(Answer.OPTION_PARAMETER_END, req_id))


def market_rule(gateway: Gateway, session: Session, reader: Reader) -> None:
    """Answer reqMarketRule."""
    rule = reader.integer()
    increments = gateway.market.directory.increments(rule)
    if increments is None:
        session.error(-1, 321, f"-'cb' : cause - Market rule {rule} is not found.")
        return
    session.send(answers.market_rule(rule, increments))


def resolve(gateway: Gateway, session: Session, req_id: int, query: ContractQuery) -> Instrument | None:
    """The one contract that a data request means; otherwise error 200 and None."""
    found = gateway.market.find(query) if query.sec_type or query.con_id else []
    if len(found) == 1:
        return found[0]
    session.error(req_id, 200, *((found[0].symbol,) if found else ()))
    return None


HANDLERS: dict[Request, Handler] = {
    Request.CONTRACT_DETAILS: contract_details,
    Request.MATCHING_SYMBOLS: matching_symbols,
    Request.OPTION_PARAMETERS: option_parameters,
    Request.MARKET_RULE: market_rule,
}
