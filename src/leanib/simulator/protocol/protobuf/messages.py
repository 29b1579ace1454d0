"""The messages that do not concern orders, in the notation of `schema`."""

from __future__ import annotations

SYSTEM = """
Empty:

ReqId: 1 reqId i

StartApiRequest: 1 clientId i, 2 optionalCapabilities s

ManagedAccounts: 1 accountsList s

NextValidId: 1 orderId i

IdsRequest: 1 numIds i

ErrorMessage: 1 id i, 2 errorTime l, 3 errorCode i, 4 errorMsg s, 5 advancedOrderRejectJson s

CurrentTime: 1 currentTime l

CurrentTimeInMillis: 1 currentTimeInMillis l

SetServerLogLevelRequest: 1 logLevel i

UserInfo: 1 reqId i, 2 whiteBrandingId s

SoftDollarTier: 1 name s, 2 value s, 3 displayName s

SoftDollarTiers: 1 reqId i, 2 softDollarTiers *SoftDollarTier

FamilyCode: 1 accountId s, 2 familyCode s

FamilyCodes: 1 familyCodes *FamilyCode

NewsProvider: 1 providerCode s, 2 providerName s

NewsProviders: 1 newsProviders *NewsProvider

NewsBulletinsRequest: 1 allMessages b

NewsArticleRequest: 1 reqId i, 2 providerCode s, 3 articleId s, 4 newsArticleOptions m

HistoricalNewsRequest: 1 reqId i, 2 conId i, 3 providerCodes s, 4 startDateTime s, 5 endDateTime s, 6 totalResults i,
  7 historicalNewsOptions m

HistoricalNewsEnd: 1 reqId i, 2 hasMore b

WshEventDataRequest: 1 reqId i, 2 conId i, 3 filter s, 4 fillWatchlist b, 5 fillPortfolio b, 6 fillCompetitors b,
  7 startDate s, 8 endDate s, 9 totalLimit i

ScannerParameters: 1 xml s

ScannerSubscription: 1 numberOfRows i, 2 instrument s, 3 locationCode s, 4 scanCode s, 5 abovePrice d, 6 belowPrice d,
  7 aboveVolume l, 8 marketCapAbove d, 9 marketCapBelow d, 10 moodyRatingAbove s, 11 moodyRatingBelow s,
  12 spRatingAbove s, 13 spRatingBelow s, 14 maturityDateAbove s, 15 maturityDateBelow s, 16 couponRateAbove d,
  17 couponRateBelow d, 18 excludeConvertible b, 19 averageOptionVolumeAbove l, 20 scannerSettingPairs s,
  21 stockTypeFilter s, 22 scannerSubscriptionFilterOptions m, 23 scannerSubscriptionOptions m

ScannerSubscriptionRequest: 1 reqId i, 2 scannerSubscription ScannerSubscription

ScannerDataElement: 1 rank i, 2 contract Contract, 3 marketName s, 4 distance s, 5 benchmark s, 6 projection s,
  7 comboKey s

ScannerData: 1 reqId i, 2 scannerDataElement *ScannerDataElement

FARequest: 1 faDataType i

FAReplace: 1 reqId i, 2 faDataType i, 3 xml s

DisplayGroupList: 1 reqId i, 2 groups s

FundamentalsDataRequest: 1 reqId i, 2 contract Contract, 3 reportType s, 4 fundamentalsDataOptions m
"""

CONTRACTS = """
Contract: 1 conId i, 2 symbol s, 3 secType s, 4 lastTradeDateOrContractMonth s, 5 strike d, 6 right s, 7 multiplier d,
  8 exchange s, 9 primaryExch s, 10 currency s, 11 localSymbol s, 12 tradingClass s, 13 secIdType s, 14 secId s,
  15 description s, 16 issuerId s, 17 deltaNeutralContract DeltaNeutralContract, 18 includeExpired b,
  19 comboLegsDescrip s, 20 comboLegs *ComboLeg, 21 lastTradeDate s

DeltaNeutralContract: 1 conId i, 2 delta d, 3 price d

ComboLeg: 1 conId i, 2 ratio i, 3 action s, 4 exchange s, 5 openClose i, 6 shortSalesSlot i, 7 designatedLocation s,
  8 exemptCode i, 9 perLegPrice d

ContractDataRequest: 1 reqId i, 2 contract Contract

ContractData: 1 reqId i, 2 contract Contract, 3 contractDetails ContractDetails

ContractDetails: 1 marketName s, 2 minTick s, 3 orderTypes s, 4 validExchanges s, 5 priceMagnifier i, 6 underConId i,
  7 longName s, 8 contractMonth s, 9 industry s, 10 category s, 11 subcategory s, 12 timeZoneId s, 13 tradingHours s,
  14 liquidHours s, 15 evRule s, 16 evMultiplier d, 17 secIdList m, 18 aggGroup i, 19 underSymbol s,
  20 underSecType s, 21 marketRuleIds s, 22 realExpirationDate s, 23 stockType s, 24 minSize D, 25 sizeIncrement D,
  26 suggestedSizeIncrement D, 27 fundName s, 28 fundFamily s, 29 fundType s, 30 fundFrontLoad s, 31 fundBackLoad s,
  32 fundBackLoadTimeInterval s, 33 fundManagementFee s, 34 fundClosed b, 35 fundClosedForNewInvestors b,
  36 fundClosedForNewMoney b, 37 fundNotifyAmount s, 38 fundMinimumInitialPurchase s,
  39 fundMinimumSubsequentPurchase s, 40 fundBlueSkyStates s, 41 fundBlueSkyTerritories s,
  42 fundDistributionPolicyIndicator s, 43 fundAssetType s, 44 cusip s, 45 issueDate s, 46 ratings s, 47 bondType s,
  48 coupon d, 49 couponType s, 50 convertible b, 51 callable b, 52 puttable b, 53 descAppend s, 54 nextOptionDate s,
  55 nextOptionType s, 56 nextOptionPartial b, 57 bondNotes s, 58 ineligibilityReasonList *IneligibilityReason,
  59 eventContract1 s, 60 eventContractDescription1 s, 61 eventContractDescription2 s, 62 minAlgoSize D,
  63 lastPricePrecision D, 64 lastSizePrecision D, 65 settlementMethod s

IneligibilityReason: 1 id s, 2 description s

MatchingSymbolsRequest: 1 reqId i, 2 pattern s

ContractDescription: 1 contract Contract, 2 derivativeSecTypes *s

SymbolSamples: 1 reqId i, 2 contractDescriptions *ContractDescription

SecDefOptParamsRequest: 1 reqId i, 2 underlyingSymbol s, 3 futFopExchange s, 4 underlyingSecType s, 5 underlyingConId i

SecDefOptParameter: 1 reqId i, 2 exchange s, 3 underlyingConId i, 4 tradingClass s, 5 multiplier s, 6 expirations *s,
  7 strikes *d

MarketRuleRequest: 1 marketRuleId i

PriceIncrement: 1 lowEdge d, 2 increment d

MarketRule: 1 marketRuleId i, 2 priceIncrements *PriceIncrement
"""

ACCOUNTS = """
AccountDataRequest: 1 subscribe b, 2 acctCode s

AccountValue: 1 key s, 2 value s, 3 currency s, 4 accountName s

AccountUpdateTime: 1 timeStamp s

AccountDataEnd: 1 accountName s

PortfolioValue: 1 contract Contract, 2 position D, 3 marketPrice d, 4 marketValue d, 5 averageCost d,
  6 unrealizedPNL d, 7 realizedPNL d, 8 accountName s

Position: 1 account s, 2 contract Contract, 3 position D, 4 avgCost d

PositionsMultiRequest: 1 reqId i, 2 account s, 3 modelCode s

PositionMulti: 1 reqId i, 2 account s, 3 contract Contract, 4 position D, 5 avgCost d, 6 modelCode s

AccountUpdatesMultiRequest: 1 reqId i, 2 account s, 3 modelCode s, 4 ledgerAndNLV b

AccountUpdateMulti: 1 reqId i, 2 account s, 3 modelCode s, 4 key s, 5 value s, 6 currency s

AccountSummaryRequest: 1 reqId i, 2 group s, 3 tags s

AccountSummary: 1 reqId i, 2 account s, 3 tag s, 4 value s, 5 currency s

PnLRequest: 1 reqId i, 2 account s, 3 modelCode s

PnL: 1 reqId i, 2 dailyPnL d, 3 unrealizedPnL d, 4 realizedPnL d

PnLSingleRequest: 1 reqId i, 2 account s, 3 modelCode s, 4 conId i

PnLSingle: 1 reqId i, 2 position D, 3 dailyPnL d, 4 unrealizedPnL d, 5 realizedPnL d, 6 value d
"""

DATA = """
MarketDataRequest: 1 reqId i, 2 contract Contract, 3 genericTickList s, 4 snapshot b, 5 regulatorySnapshot b,
  6 marketDataOptions m

MarketDataTypeRequest: 1 marketDataType i

MarketDataType: 1 reqId i, 2 marketDataType i

TickPrice: 1 reqId i, 2 tickType i, 3 price d, 4 size D, 5 attrMask i

TickSize: 1 reqId i, 2 tickType i, 3 size D

TickGeneric: 1 reqId i, 2 tickType i, 3 value d

TickString: 1 reqId i, 2 tickType i, 3 value s

TickOptionComputation: 1 reqId i, 2 tickType i, 3 tickAttrib i, 4 impliedVol d, 5 delta d, 6 optPrice d,
  7 pvDividend d, 8 gamma d, 9 vega d, 10 theta d, 11 undPrice d

TickReqParams: 1 reqId i, 2 minTick s, 3 bboExchange s, 4 snapshotPermissions i, 5 lastPricePrecision s,
  6 lastSizePrecision s

MarketDepthRequest: 1 reqId i, 2 contract Contract, 3 numRows i, 4 isSmartDepth b, 5 marketDepthOptions m

CancelMarketDepth: 1 reqId i, 2 isSmartDepth b

MarketDepthData: 1 position i, 2 operation i, 3 side i, 4 price d, 5 size D, 6 marketMaker s, 7 isSmartDepth b

MarketDepth: 1 reqId i, 2 marketDepthData MarketDepthData

DepthMarketDataDescription: 1 exchange s, 2 secType s, 3 listingExch s, 4 serviceDataType s, 5 aggGroup i

MarketDepthExchanges: 1 depthMarketDataDescriptions *DepthMarketDataDescription

SmartComponentsRequest: 1 reqId i, 2 bboExchange s

SmartComponent: 1 bitNumber i, 2 exchange s, 3 exchangeLetter s

SmartComponents: 1 reqId i, 2 smartComponents *SmartComponent

RealTimeBarsRequest: 1 reqId i, 2 contract Contract, 3 barSize i, 4 whatToShow s, 5 useRTH b, 6 realTimeBarsOptions m

RealTimeBarTick: 1 reqId i, 2 time l, 3 open d, 4 high d, 5 low d, 6 close d, 7 volume D, 8 WAP D, 9 count i

TickByTickRequest: 1 reqId i, 2 contract Contract, 3 tickType s, 4 numberOfTicks i, 5 ignoreSize b

TickByTickData: 1 reqId i, 2 tickType i, 3 historicalTickLast HistoricalTickLast,
  4 historicalTickBidAsk HistoricalTickBidAsk, 5 historicalTickMidPoint HistoricalTick

HistoricalDataRequest: 1 reqId i, 2 contract Contract, 3 endDateTime s, 4 barSizeSetting s, 5 duration s, 6 useRTH b,
  7 whatToShow s, 8 formatDate i, 9 keepUpToDate b, 10 chartOptions m

HistoricalDataBar: 1 date s, 2 open d, 3 high d, 4 low d, 5 close d, 6 volume D, 7 WAP D, 8 barCount i

HistoricalData: 1 reqId i, 2 historicalDataBars *HistoricalDataBar

HistoricalDataUpdate: 1 reqId i, 2 historicalDataBar HistoricalDataBar

HistoricalDataEnd: 1 reqId i, 2 startDateStr s, 3 endDateStr s

HistoricalSession: 1 startDateTime s, 2 endDateTime s, 3 refDate s

HistoricalSchedule: 1 reqId i, 2 startDateTime s, 3 endDateTime s, 4 timeZone s,
  5 historicalSessions *HistoricalSession

HeadTimestampRequest: 1 reqId i, 2 contract Contract, 3 useRTH b, 4 whatToShow s, 5 formatDate i

HeadTimestamp: 1 reqId i, 2 headTimestamp s

HistogramDataRequest: 1 reqId i, 2 contract Contract, 3 useRTH b, 4 timePeriod s

HistogramDataEntry: 1 price d, 2 size D

HistogramData: 1 reqId i, 2 histogramDataEntries *HistogramDataEntry

HistoricalTicksRequest: 1 reqId i, 2 contract Contract, 3 startDateTime s, 4 endDateTime s, 5 numberOfTicks i,
  6 whatToShow s, 7 useRTH b, 8 ignoreSize b, 9 miscOptions m

HistoricalTick: 1 time l, 2 price d, 3 size D

TickAttribLast: 1 pastLimit b, 2 unreported b

HistoricalTickLast: 1 time l, 2 tickAttribLast TickAttribLast, 3 price d, 4 size D, 5 exchange s, 6 specialConditions s

TickAttribBidAsk: 1 bidPastLow b, 2 askPastHigh b

HistoricalTickBidAsk: 1 time l, 2 tickAttribBidAsk TickAttribBidAsk, 3 priceBid d, 4 priceAsk d, 5 sizeBid D,
  6 sizeAsk D

HistoricalTicks: 1 reqId i, 2 historicalTicks *HistoricalTick, 3 isDone b

HistoricalTicksLast: 1 reqId i, 2 historicalTicksLast *HistoricalTickLast, 3 isDone b

HistoricalTicksBidAsk: 1 reqId i, 2 historicalTicksBidAsk *HistoricalTickBidAsk, 3 isDone b

CalculateImpliedVolatilityRequest: 1 reqId i, 2 contract Contract, 3 optionPrice d, 4 underPrice d,
  5 impliedVolatilityOptions m

CalculateOptionPriceRequest: 1 reqId i, 2 contract Contract, 3 volatility d, 4 underPrice d, 5 optionPriceOptions m
"""
