"""What the simulator does of what a Gateway does: each request and each order type as IB, simplified (how), or refused.

`python -m leanib.simulator.capabilities` prints the tables of docs/simulator.md. A test holds them to the handlers and
to the order desk.
"""

from __future__ import annotations

from collections.abc import Iterator

from leanib.simulator.handlers import HANDLERS
from leanib.simulator.orders.kinds import REFUSED, TYPES, Level, Price
from leanib.simulator.protocol.ids import Request

#: Request, what the API calls it, level ("=" as IB, "~" simplified, "-" refused), and what there is to say.
_REQUESTS = """
START_API startApi = ends with nextValidId, the accounts and the farm messages
IDS reqIds =
CURRENT_TIME reqCurrentTime = of the simulator's clock
CURRENT_TIME_IN_MILLIS reqCurrentTimeInMillis = of the simulator's clock
SERVER_LOG_LEVEL setServerLogLevel ~ taken, without effect
USER_INFO reqUserInfo = no white branding
CONFIG reqConfig ~ read-only, port and master client id only
UPDATE_CONFIG updateConfig - error 321: the simulator is set up from outside
MANAGED_ACCOUNTS reqManagedAccts =
FAMILY_CODES reqFamilyCodes = of individual accounts, which have none
ACCOUNT_UPDATES reqAccountUpdates = every three minutes, and at once when the books change
ACCOUNT_SUMMARY reqAccountSummary = every three minutes; two at a time; `$LEDGER` too
CANCEL_ACCOUNT_SUMMARY cancelAccountSummary =
POSITIONS reqPositions =
CANCEL_POSITIONS cancelPositions =
POSITIONS_MULTI reqPositionsMulti ~ without models
CANCEL_POSITIONS_MULTI cancelPositionsMulti =
ACCOUNT_UPDATES_MULTI reqAccountUpdatesMulti ~ without models
CANCEL_ACCOUNT_UPDATES_MULTI cancelAccountUpdatesMulti =
PNL reqPnL = about once a second
CANCEL_PNL cancelPnL =
PNL_SINGLE reqPnLSingle = about once a second
CANCEL_PNL_SINGLE cancelPnLSingle =
REQUEST_FA requestFA - error 321, as a login that is no advisor's
REPLACE_FA replaceFA - error 321, as a login that is no advisor's
SOFT_DOLLAR_TIERS reqSoftDollarTiers = none
CONTRACT_DETAILS reqContractDetails ~ of the instruments that the simulator knows; by symbol, id, ISIN or CUSIP
CANCEL_CONTRACT_DETAILS cancelContractData ~ taken; the answer was complete already
MATCHING_SYMBOLS reqMatchingSymbols ~ of the instruments that the simulator knows
OPTION_PARAMETERS reqSecDefOptParams ~ four weekly and eight monthly expirations, 41 strikes around the price
MARKET_RULE reqMarketRule =
SMART_COMPONENTS reqSmartComponents ~ five exchanges
MARKET_DATA reqMktData ~ one best bid and ask; generic ticks 100, 101, 104, 105, 106, 162, 165, 221, 232, 233, 236, \
375, 411, 456, 588, of which option volumes, open interest and dividends are made up; other legal ones are silent
CANCEL_MARKET_DATA cancelMktData =
MARKET_DATA_TYPE reqMarketDataType = live, frozen, delayed, delayed-frozen
MARKET_DEPTH reqMktDepth ~ up to ten levels a tick apart around the quote; three at a time
CANCEL_MARKET_DEPTH cancelMktDepth =
DEPTH_EXCHANGES reqMktDepthExchanges ~ five of them
REAL_TIME_BARS reqRealTimeBars =
CANCEL_REAL_TIME_BARS cancelRealTimeBars =
TICK_BY_TICK reqTickByTickData = five at a time
CANCEL_TICK_BY_TICK cancelTickByTickData =
IMPLIED_VOLATILITY calculateImpliedVolatility ~ Black-Scholes without rates and dividends
CANCEL_IMPLIED_VOLATILITY cancelCalculateImpliedVolatility ~ taken; the answer was complete already
OPTION_PRICE calculateOptionPrice ~ Black-Scholes without rates and dividends
CANCEL_OPTION_PRICE cancelCalculateOptionPrice ~ taken; the answer was complete already
HISTORICAL_DATA reqHistoricalData ~ IB's table of durations and bar sizes, up to 150,000 bars (error 162 beyond); \
ADJUSTED_LAST is TRADES, for there are no splits and dividends; volatilities are constant
CANCEL_HISTORICAL_DATA cancelHistoricalData =
HEAD_TIMESTAMP reqHeadTimeStamp =
CANCEL_HEAD_TIMESTAMP cancelHeadTimeStamp ~ taken; the answer was complete already
HISTOGRAM reqHistogramData ~ from bars of five minutes, beyond 40 days of a day
CANCEL_HISTOGRAM cancelHistogramData ~ taken; the answer was complete already
HISTORICAL_TICKS reqHistoricalTicks ~ a tick a second
CANCEL_HISTORICAL_TICKS cancelHistoricalTicks ~ taken; the answer was complete already
PLACE_ORDER placeOrder ~ see the order types
CANCEL_ORDER cancelOrder =
GLOBAL_CANCEL reqGlobalCancel =
OPEN_ORDERS reqOpenOrders =
ALL_OPEN_ORDERS reqAllOpenOrders =
AUTO_OPEN_ORDERS reqAutoOpenOrders ~ orders by hand stay orders by hand: they are bound, not taken over
COMPLETED_ORDERS reqCompletedOrders = of the day
EXECUTIONS reqExecutions = of the day, or of up to seven
EXERCISE_OPTIONS exerciseOptions ~ carried out at once, not after the close; equity options and those on futures
NEWS_PROVIDERS reqNewsProviders = none, as a login without subscriptions
NEWS_ARTICLE reqNewsArticle - error 321: there is none
HISTORICAL_NEWS reqHistoricalNews = none, as a login without subscriptions
NEWS_BULLETINS reqNewsBulletins ~ taken; there are none
CANCEL_NEWS_BULLETINS cancelNewsBulletins =
FUNDAMENTAL_DATA reqFundamentalData - error 430, as a login without subscriptions
CANCEL_FUNDAMENTAL_DATA cancelFundamentalData =
SCANNER_PARAMETERS reqScannerParameters ~ an empty document
SCANNER reqScannerSubscription ~ nothing matches
CANCEL_SCANNER cancelScannerSubscription =
WSH_META_DATA reqWshMetaData - error 10089, as a login without subscriptions
CANCEL_WSH_META_DATA cancelWshMetaData =
WSH_EVENT_DATA reqWshEventData - error 10089, as a login without subscriptions
CANCEL_WSH_EVENT_DATA cancelWshEventData =
QUERY_DISPLAY_GROUPS queryDisplayGroups = none: a Gateway has no windows
SUBSCRIBE_GROUP_EVENTS subscribeToGroupEvents ~ taken; nothing ever comes
UPDATE_DISPLAY_GROUP updateDisplayGroup ~ taken, without effect
UNSUBSCRIBE_GROUP_EVENTS unsubscribeFromGroupEvents =
VERIFY verifyRequest - error 320: for IB's own programs
VERIFY_MESSAGE verifyMessage - error 320: for IB's own programs
VERIFY_AND_AUTH verifyAndAuthRequest - error 320: for IB's own programs
VERIFY_AND_AUTH_MESSAGE verifyAndAuthMessage - error 320: for IB's own programs
"""
_MARKS = {"=": Level.AS_IB, "~": Level.SIMPLIFIED, "-": Level.REFUSED}
#: What orders have besides their type.
_ATTRIBUTES = (
    ("DAY, GTC, IOC, FOK, GTD, OPG; goodAfterTime", Level.AS_IB, "in the exchange's sessions"),
    ("conditions: price, time, margin, execution, volume, percent change", Level.SIMPLIFIED,
     "\"and\" binds more tightly than \"or\" (IB does not say); the double methods look once"),
    ("conditionsCancelOrder, conditionsIgnoreRth", Level.AS_IB, ""),
    ("brackets (parentId), OCA groups of types 1 to 3", Level.AS_IB, ""),
    ("allOrNone, minQty", Level.AS_IB, "of what is displayed"),
    ("outsideRth", Level.AS_IB, "2109 where it is ignored: market and auction orders of shares, options and CFDs"),
    ("whatIf", Level.SIMPLIFIED, "margins after the rules in `account/margin.py`"),
    ("combinations (BAG)", Level.SIMPLIFIED, "filled whole at the sum of the legs' quotes; never legged into"),
    ("combinations priced leg by leg (orderComboLegs)", Level.SIMPLIFIED,
     "filled when every leg is at its price or better"),
    ("cashQty", Level.SIMPLIFIED, "of currencies and coins, turned into a quantity at once; others: 10244"),
    ("algoStrategy Adaptive", Level.SIMPLIFIED, "worked as the MKT or LMT that it is; its priority is checked"),
    ("other algorithms", Level.REFUSED, "442"),
    ("discretionaryAmt", Level.REFUSED, "325"),
    ("scales, hedges, adjusted stops, percent offsets", Level.REFUSED, "387"),
    ("fractions of shares", Level.REFUSED, "10243, as IB does over the API"),
    ("hidden, displaySize, sweepToFill, blockOrder, notHeld, triggerMethod of stops, usePriceMgmtAlgo and others",
     Level.SIMPLIFIED, "kept and shown, without effect"),
)  # fmt: skip
_ADVICE = {Price.NONE: "", Price.OPTIONAL: "limit optional", Price.REQUIRED: "limit"}


def requests() -> Iterator[tuple[Request, str, Level, str]]:
    """Each request: what the API calls it, its level, and what there is to say."""
    for line in _REQUESTS.strip().replace("\\\n", "").splitlines():
        name, api, mark, *words = line.split()
        yield Request[name], api, _MARKS[mark], " ".join(words)


def order_types() -> Iterator[tuple[str, Level, str, str]]:
    """Each order type: its level, what it may be used for, and how it is worked."""
    for one in TYPES.values():
        prices = ", ".join(filter(None, (_ADVICE[one.limit], one.aux)))
        how = f"{one.how} ({prices})" if prices else one.how
        yield one.name, one.level, ", ".join(sorted(one.kinds)), how
    for name in REFUSED:
        yield name, Level.REFUSED, "", "387"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def tables() -> str:
    """The tables of docs/simulator.md, in Markdown."""
    lines = ["| request | | |", "|---|---|---|"]
    lines += [_row(f"`{api}`", level.value, words) for _, api, level, words in requests()]
    lines += ["", "| order type | | for | |", "|---|---|---|---|"]
    lines += [_row(name, level.value, kinds, how) for name, level, kinds, how in order_types()]
    lines += ["", "| of orders | | |", "|---|---|---|"]
    lines += [_row(name, level.value, how) for name, level, how in _ATTRIBUTES]
    return "\n".join(lines)


def unhandled() -> set[Request]:
    """Requests that have no handler: unknown ids to the Gateway (error 320)."""
    return set(Request) - set(HANDLERS)


if __name__ == "__main__":
    print(tables())
