"""Requests in protobuf form: as which message they come, and the text form that the handlers read (see `layouts`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from leanib.simulator.protocol.ids import Request
from leanib.simulator.protocol.protobuf.layouts import compile_layout, rows, to_text
from leanib.simulator.protocol.protobuf.schema import MESSAGES
from leanib.simulator.protocol.protobuf.wire import decode

_HEAD = "conId symbol secType lastTradeDateOrContractMonth strike right multiplier exchange"
_TAIL = "currency localSymbol tradingClass"
_MACROS = {
    "@contract": f"contract({_HEAD} primaryExch {_TAIL})",
    "@expired": f"contract({_HEAD} primaryExch {_TAIL} includeExpired)",
    "@exercised": f"contract({_HEAD} {_TAIL})",
    "@legs": "contract.comboLegs*bag(conId ratio action exchange)",
}
#: Every request with a protobuf form, placeOrder aside (see `orders`): name, message, then its layout.
_TABLE = """
EXECUTIONS ExecutionRequest: '3 reqId executionFilter(clientId acctCode time symbol secType exchange side lastNDays
  specificDates*)
CANCEL_ORDER CancelOrderRequest: orderId orderCancel(manualOrderCancelTime extOperator manualOrderIndicator)
GLOBAL_CANCEL GlobalCancelRequest: orderCancel(extOperator manualOrderIndicator)
OPEN_ORDERS Empty: '1
ALL_OPEN_ORDERS Empty: '1
AUTO_OPEN_ORDERS AutoOpenOrdersRequest: '1 autoBind
COMPLETED_ORDERS CompletedOrdersRequest: apiOnly
CONTRACT_DETAILS ContractDataRequest: '8 reqId @expired contract(secIdType secId issuerId)
MARKET_DATA MarketDataRequest: '11 reqId @contract @legs contract.deltaNeutralContract?(conId delta price)
  genericTickList snapshot regulatorySnapshot '
CANCEL_MARKET_DATA ReqId: '1 reqId
MARKET_DEPTH MarketDepthRequest: '5 reqId @contract numRows isSmartDepth '
CANCEL_MARKET_DEPTH CancelMarketDepth: '1 reqId isSmartDepth
MARKET_DATA_TYPE MarketDataTypeRequest: '1 marketDataType
ACCOUNT_UPDATES AccountDataRequest: '2 subscribe acctCode
MANAGED_ACCOUNTS Empty: '1
POSITIONS Empty: '1
CANCEL_POSITIONS Empty: '1
ACCOUNT_SUMMARY AccountSummaryRequest: '1 reqId group tags
CANCEL_ACCOUNT_SUMMARY ReqId: '1 reqId
POSITIONS_MULTI PositionsMultiRequest: '1 reqId account modelCode
CANCEL_POSITIONS_MULTI ReqId: '1 reqId
ACCOUNT_UPDATES_MULTI AccountUpdatesMultiRequest: '1 reqId account modelCode ledgerAndNLV
CANCEL_ACCOUNT_UPDATES_MULTI ReqId: '1 reqId
HISTORICAL_DATA HistoricalDataRequest: reqId @expired endDateTime barSizeSetting duration useRTH whatToShow formatDate
  @legs keepUpToDate '
CANCEL_HISTORICAL_DATA ReqId: '1 reqId
REAL_TIME_BARS RealTimeBarsRequest: '3 reqId @contract barSize whatToShow useRTH '
CANCEL_REAL_TIME_BARS ReqId: '1 reqId
HEAD_TIMESTAMP HeadTimestampRequest: reqId @expired useRTH whatToShow formatDate
CANCEL_HEAD_TIMESTAMP ReqId: reqId
HISTOGRAM HistogramDataRequest: reqId @expired useRTH timePeriod
CANCEL_HISTOGRAM ReqId: reqId
HISTORICAL_TICKS HistoricalTicksRequest: reqId @expired startDateTime endDateTime numberOfTicks whatToShow useRTH
  ignoreSize '
CANCEL_HISTORICAL_TICKS ReqId: reqId
TICK_BY_TICK TickByTickRequest: reqId @contract tickType numberOfTicks ignoreSize
CANCEL_TICK_BY_TICK ReqId: reqId
NEWS_BULLETINS NewsBulletinsRequest: '1 allMessages
CANCEL_NEWS_BULLETINS Empty: '1
NEWS_ARTICLE NewsArticleRequest: reqId providerCode articleId '
NEWS_PROVIDERS Empty:
HISTORICAL_NEWS HistoricalNewsRequest: reqId conId providerCodes startDateTime endDateTime totalResults '
WSH_META_DATA ReqId: reqId
CANCEL_WSH_META_DATA ReqId: reqId
WSH_EVENT_DATA WshEventDataRequest: reqId conId filter fillWatchlist fillPortfolio fillCompetitors startDate endDate
  totalLimit
CANCEL_WSH_EVENT_DATA ReqId: reqId
SCANNER_PARAMETERS Empty: '1
SCANNER ScannerSubscriptionRequest: reqId
CANCEL_SCANNER ReqId: '1 reqId
FUNDAMENTAL_DATA FundamentalsDataRequest: '2 reqId contract(conId symbol secType lastTradeDateOrContractMonth strike
  right multiplier exchange primaryExch currency localSymbol) reportType '
CANCEL_FUNDAMENTAL_DATA ReqId: '1 reqId
PNL PnLRequest: reqId account modelCode
CANCEL_PNL ReqId: reqId
PNL_SINGLE PnLSingleRequest: reqId account modelCode conId
CANCEL_PNL_SINGLE ReqId: reqId
REQUEST_FA FARequest: '1 faDataType
REPLACE_FA FAReplace: '1 faDataType xml reqId
EXERCISE_OPTIONS ExerciseOptionsRequest: '2 orderId @exercised exerciseAction exerciseQuantity account override
  manualOrderTime customerAccount professionalCustomer
IMPLIED_VOLATILITY CalculateImpliedVolatilityRequest: '3 reqId @contract optionPrice underPrice '
CANCEL_IMPLIED_VOLATILITY ReqId: '1 reqId
OPTION_PRICE CalculateOptionPriceRequest: '3 reqId @contract volatility underPrice '
CANCEL_OPTION_PRICE ReqId: '1 reqId
OPTION_PARAMETERS SecDefOptParamsRequest: reqId underlyingSymbol futFopExchange underlyingSecType underlyingConId
SOFT_DOLLAR_TIERS ReqId: reqId
FAMILY_CODES Empty:
MATCHING_SYMBOLS MatchingSymbolsRequest: reqId pattern
SMART_COMPONENTS SmartComponentsRequest: reqId bboExchange
MARKET_RULE MarketRuleRequest: marketRuleId
USER_INFO ReqId: reqId
IDS IdsRequest: '1 numIds
CURRENT_TIME Empty: '1
CURRENT_TIME_IN_MILLIS Empty:
START_API StartApiRequest: '2 clientId optionalCapabilities
SERVER_LOG_LEVEL SetServerLogLevelRequest: '1 logLevel
QUERY_DISPLAY_GROUPS ReqId: '1 reqId
SUBSCRIBE_GROUP_EVENTS ReqId: '1 reqId
UPDATE_DISPLAY_GROUP ReqId: '1 reqId
UNSUBSCRIBE_GROUP_EVENTS ReqId: '1 reqId
DEPTH_EXCHANGES Empty:
CANCEL_CONTRACT_DETAILS ReqId: reqId
CONFIG ReqId: reqId
UPDATE_CONFIG ReqId: reqId
"""


def _table() -> dict[Request, tuple[str, str]]:
    found = {}
    for head, layout in rows(_TABLE, _MACROS):
        name, message = head.split()
        found[Request[name]] = (message, layout)
    return found


TABLE = _table()


@cache
def decoder(request: Request) -> Callable[[bytes], list[str]]:
    """What makes the text fields (the id left out) of a request's protobuf body."""
    name, text = TABLE[request]
    message = MESSAGES[name]
    layout = compile_layout(message, text)
    return lambda body: to_text(layout, decode(message, body))
