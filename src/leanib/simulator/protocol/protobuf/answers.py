"""Answers in protobuf form: from which server version on, as which message, laid out how (see `layouts`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from leanib.simulator.protocol.ids import Answer
from leanib.simulator.protocol.protobuf.layouts import compile_layout, from_text, rows
from leanib.simulator.protocol.protobuf.schema import MESSAGES
from leanib.simulator.protocol.protobuf.wire import encode

_MACROS = {
    "@contract": "contract(conId symbol secType lastTradeDateOrContractMonth strike right multiplier exchange currency "
    "localSymbol tradingClass)",
    "@held": "contract(conId symbol secType lastTradeDateOrContractMonth strike right multiplier primaryExch currency "
    "localSymbol tradingClass)",
}
#: Every answer with a protobuf form, orders aside (see `orders`): name, version, message, then its layout.
_TABLE = """
EXECUTION 201 ExecutionDetails: reqId execution.orderId @contract execution(execId time acctNumber exchange side
  shares price permId clientId isLiquidation cumQty avgPrice orderRef evRule evMultiplier modelCode lastLiquidity
  isPriceRevisionPending submitter)
EXECUTION_END 201 ReqId: _ reqId
ORDER_STATUS 203 OrderStatus: orderId status filled remaining avgFillPrice permId parentId lastFillPrice clientId
  whyHeld mktCapPrice
OPEN_ORDER_END 203 Empty: _
ERROR 203 ErrorMessage: id errorCode errorMsg advancedOrderRejectJson errorTime
COMPLETED_ORDERS_END 204 Empty:
ORDER_BOUND 204 OrderBound: permId clientId orderId
CONTRACT_DATA 205 ContractData: reqId contract(symbol secType lastTradeDateOrContractMonth lastTradeDate strike right
  exchange currency localSymbol) contractDetails.marketName contract(tradingClass conId) contractDetails.minTick
  contract.multiplier contractDetails(orderTypes validExchanges priceMagnifier underConId longName)
  contract.primaryExch contractDetails(contractMonth industry category subcategory timeZoneId tradingHours liquidHours
  evRule evMultiplier secIdList*(key value) aggGroup underSymbol underSecType marketRuleIds realExpirationDate
  stockType minSize sizeIncrement suggestedSizeIncrement ineligibilityReasonList*(id description))
BOND_CONTRACT_DATA 205 ContractData: reqId contract(symbol secType) contractDetails(cusip coupon)
  contract.lastTradeDateOrContractMonth contractDetails(issueDate ratings bondType couponType convertible callable
  puttable descAppend) contract(exchange currency) contractDetails.marketName contract(tradingClass conId)
  contractDetails(minTick orderTypes validExchanges nextOptionDate nextOptionType nextOptionPartial bondNotes longName
  timeZoneId tradingHours liquidHours evRule evMultiplier secIdList*(key value) aggGroup marketRuleIds minSize
  sizeIncrement suggestedSizeIncrement)
CONTRACT_DATA_END 205 ReqId: _ reqId
TICK_PRICE 206 TickPrice: _ reqId tickType price size attrMask
TICK_SIZE 206 TickSize: _ reqId tickType size
TICK_OPTION_COMPUTATION 206 TickOptionComputation: reqId tickType tickAttrib impliedVol delta optPrice pvDividend
  gamma vega theta undPrice
TICK_GENERIC 206 TickGeneric: _ reqId tickType value
TICK_STRING 206 TickString: _ reqId tickType value
TICK_SNAPSHOT_END 206 ReqId: _ reqId
MARKET_DEPTH 206 MarketDepth: _ reqId marketDepthData(position operation side price size)
MARKET_DEPTH_L2 206 MarketDepth: _ reqId marketDepthData(position marketMaker operation side price size isSmartDepth)
MARKET_DATA_TYPE 206 MarketDataType: _ reqId marketDataType
TICK_REQUEST_PARAMETERS 206 TickReqParams: reqId minTick bboExchange snapshotPermissions
ACCOUNT_VALUE 207 AccountValue: _ key value currency accountName
PORTFOLIO_VALUE 207 PortfolioValue: _ @held position marketPrice marketValue averageCost unrealizedPNL realizedPNL
  accountName
ACCOUNT_TIME 207 AccountUpdateTime: _ timeStamp
ACCOUNT_DOWNLOAD_END 207 AccountDataEnd: _ accountName
MANAGED_ACCOUNTS 207 ManagedAccounts: _ accountsList
POSITION 207 Position: _ account @contract position avgCost
POSITION_END 207 Empty: _
ACCOUNT_SUMMARY 207 AccountSummary: _ reqId account tag value currency
ACCOUNT_SUMMARY_END 207 ReqId: _ reqId
POSITION_MULTI 207 PositionMulti: _ reqId account @contract position avgCost modelCode
POSITION_MULTI_END 207 ReqId: _ reqId
ACCOUNT_UPDATE_MULTI 207 AccountUpdateMulti: _ reqId account modelCode key value currency
ACCOUNT_UPDATE_MULTI_END 207 ReqId: _ reqId
HISTORICAL_DATA 208 HistoricalData: reqId historicalDataBars*(date open high low close volume WAP barCount)
HISTORICAL_DATA_END 208 HistoricalDataEnd: reqId startDateStr endDateStr
HISTORICAL_DATA_UPDATE 208 HistoricalDataUpdate: reqId historicalDataBar(barCount date open close high low WAP volume)
REAL_TIME_BAR 208 RealTimeBarTick: _ reqId time open high low close volume WAP count
HEAD_TIMESTAMP 208 HeadTimestamp: reqId headTimestamp
HISTOGRAM 208 HistogramData: reqId histogramDataEntries*(price size)
HISTORICAL_TICKS 208 HistoricalTicks: reqId historicalTicks*(time _ price size) isDone
HISTORICAL_TICKS_BID_ASK 208 HistoricalTicksBidAsk: reqId historicalTicksBidAsk*(time tickAttribBidAsk%(askPastHigh
  bidPastLow) priceBid priceAsk sizeBid sizeAsk) isDone
HISTORICAL_TICKS_LAST 208 HistoricalTicksLast: reqId historicalTicksLast*(time tickAttribLast%(pastLimit unreported)
  price size exchange specialConditions) isDone
NEWS_PROVIDERS 209 NewsProviders: newsProviders*(providerCode providerName)
HISTORICAL_NEWS_END 209 HistoricalNewsEnd: reqId hasMore
SCANNER_PARAMETERS 210 ScannerParameters: _ xml
SCANNER_DATA 210 ScannerData: _ reqId scannerDataElement*(rank contract.conId contract.symbol contract.secType
  contract.lastTradeDateOrContractMonth contract.strike contract.right contract.exchange contract.currency
  contract.localSymbol marketName contract.tradingClass distance benchmark projection comboKey)
PNL 210 PnL: reqId dailyPnL unrealizedPnL realizedPnL
PNL_SINGLE 210 PnLSingle: reqId position dailyPnL unrealizedPnL realizedPnL value
COMMISSION_REPORT 211 CommissionAndFeesReport: _ execId commissionAndFees! currency realizedPNL! bondYield
  yieldRedemptionDate
HISTORICAL_SCHEDULE 211 HistoricalSchedule: reqId startDateTime endDateTime timeZone historicalSessions*(startDateTime
  endDateTime refDate)
OPTION_PARAMETER 212 SecDefOptParameter: reqId exchange underlyingConId tradingClass multiplier expirations* strikes*
OPTION_PARAMETER_END 212 ReqId: reqId
SOFT_DOLLAR_TIERS 212 SoftDollarTiers: reqId softDollarTiers*(name value displayName)
FAMILY_CODES 212 FamilyCodes: familyCodes*(accountId familyCode)
SYMBOL_SAMPLES 212 SymbolSamples: reqId contractDescriptions*(contract.conId contract.symbol contract.secType
  contract.primaryExch contract.currency derivativeSecTypes* contract.description contract.issuerId)
SMART_COMPONENTS 212 SmartComponents: reqId smartComponents*(bitNumber exchange exchangeLetter)
MARKET_RULE 212 MarketRule: marketRuleId priceIncrements*(lowEdge increment)
USER_INFO 212 UserInfo: reqId whiteBrandingId
NEXT_VALID_ID 213 NextValidId: _ orderId
CURRENT_TIME 213 CurrentTime: _ currentTime
CURRENT_TIME_IN_MILLIS 213 CurrentTimeInMillis: currentTimeInMillis
DISPLAY_GROUP_LIST 213 DisplayGroupList: _ reqId groups
DEPTH_EXCHANGES 213 MarketDepthExchanges: depthMarketDataDescriptions*(exchange secType listingExch serviceDataType
  aggGroup)
CONFIG 219 ConfigResponse: reqId api.settings.readOnlyApi api.settings.socketPort api.settings.masterClientId
UPDATE_CONFIG 221 UpdateConfigResponse: reqId status message errors*
"""
#: The layouts of tick-by-tick data by its kind: trades, all trades, quotes, midpoints.
_TRADE = "historicalTickLast(time price size tickAttribLast%(pastLimit unreported) exchange specialConditions)"
_QUOTE = "historicalTickBidAsk(time priceBid priceAsk sizeBid sizeAsk tickAttribBidAsk%(bidPastLow askPastHigh))"
_TICK_BY_TICK = {"1": _TRADE, "2": _TRADE, "3": _QUOTE, "4": "historicalTickMidPoint(time price)"}


def _table() -> dict[Answer, tuple[int, str, str]]:
    found = {}
    for head, layout in rows(_TABLE, _MACROS):
        name, since, message = head.split()
        found[Answer[name]] = (int(since), message, layout)
    return found


TABLE = _table()
SINCE = {answer: since for answer, (since, _, _) in TABLE.items()} | {Answer.TICK_BY_TICK: 208}


@cache
def encoder(answer: Answer, kind: str = "") -> Callable[[list[str]], bytes]:
    """What makes the protobuf body of an answer's text fields (the id left out); `kind` is of tick-by-tick data."""
    if answer is Answer.TICK_BY_TICK:
        name, text = "TickByTickData", f"reqId tickType {_TICK_BY_TICK[kind]}"
    else:
        _, name, text = TABLE[answer]
    message = MESSAGES[name]
    layout = compile_layout(message, text)
    return lambda fields: encode(message, from_text(layout, fields))
