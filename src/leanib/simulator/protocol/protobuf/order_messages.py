"""The messages about orders, in the notation of `schema`."""

from __future__ import annotations

ORDERS = """
Order: 1 clientId i, 2 orderId i, 3 permId l, 4 parentId i, 5 action s, 6 totalQuantity D, 7 displaySize i,
  8 orderType s, 9 lmtPrice d, 10 auxPrice d, 11 tif s, 12 account s, 13 settlingFirm s, 14 clearingAccount s,
  15 clearingIntent s, 16 allOrNone b, 17 blockOrder b, 18 hidden b, 19 outsideRth b, 20 sweepToFill b,
  21 percentOffset d, 22 trailingPercent d, 23 trailStopPrice d, 24 minQty i, 25 goodAfterTime s, 26 goodTillDate s,
  27 ocaGroup s, 28 orderRef s, 29 rule80A s, 30 ocaType i, 31 triggerMethod i, 32 activeStartTime s,
  33 activeStopTime s, 34 faGroup s, 35 faMethod s, 36 faPercentage s, 37 volatility d, 38 volatilityType i,
  39 continuousUpdate b, 40 referencePriceType i, 41 deltaNeutralOrderType s, 42 deltaNeutralAuxPrice d,
  43 deltaNeutralConId i, 44 deltaNeutralOpenClose s, 45 deltaNeutralShortSale b, 46 deltaNeutralShortSaleSlot i,
  47 deltaNeutralDesignatedLocation s, 48 scaleInitLevelSize i, 49 scaleSubsLevelSize i, 50 scalePriceIncrement d,
  51 scalePriceAdjustValue d, 52 scalePriceAdjustInterval i, 53 scaleProfitOffset d, 54 scaleAutoReset b,
  55 scaleInitPosition i, 56 scaleInitFillQty i, 57 scaleRandomPercent b, 58 scaleTable s, 59 hedgeType s,
  60 hedgeParam s, 61 algoStrategy s, 62 algoParams m, 63 algoId s, 64 smartComboRoutingParams m, 65 whatIf b,
  66 transmit b, 67 overridePercentageConstraints b, 68 openClose s, 69 origin i, 70 shortSaleSlot i,
  71 designatedLocation s, 72 exemptCode i, 73 deltaNeutralSettlingFirm s, 74 deltaNeutralClearingAccount s,
  75 deltaNeutralClearingIntent s, 76 discretionaryAmt d, 77 optOutSmartRouting b, 78 startingPrice d,
  79 stockRefPrice d, 80 delta d, 81 stockRangeLower d, 82 stockRangeUpper d, 83 notHeld b, 84 orderMiscOptions m,
  85 solicited b, 86 randomizeSize b, 87 randomizePrice b, 88 referenceContractId i, 89 peggedChangeAmount d,
  90 isPeggedChangeAmountDecrease b, 91 referenceChangeAmount d, 92 referenceExchangeId s, 93 adjustedOrderType s,
  94 triggerPrice d, 95 adjustedStopPrice d, 96 adjustedStopLimitPrice d, 97 adjustedTrailingAmount d,
  98 adjustableTrailingUnit i, 99 lmtPriceOffset d, 100 conditions *OrderCondition, 101 conditionsCancelOrder b,
  102 conditionsIgnoreRth b, 103 modelCode s, 104 extOperator s, 105 softDollarTier SoftDollarTier, 106 cashQty d,
  107 mifid2DecisionMaker s, 108 mifid2DecisionAlgo s, 109 mifid2ExecutionTrader s, 110 mifid2ExecutionAlgo s,
  111 dontUseAutoPriceForHedge b, 112 isOmsContainer b, 113 discretionaryUpToLimitPrice b, 114 autoCancelDate s,
  115 filledQuantity D, 116 refFuturesConId i, 117 autoCancelParent b, 118 shareholder s, 119 imbalanceOnly b,
  120 routeMarketableToBbo i, 121 parentPermId l, 122 usePriceMgmtAlgo i, 123 duration i, 124 postToAts i,
  125 advancedErrorOverride s, 126 manualOrderTime s, 127 minTradeQty i, 128 minCompeteSize i,
  129 competeAgainstBestOffset d, 130 midOffsetAtWhole d, 131 midOffsetAtHalf d, 132 customerAccount s,
  133 professionalCustomer b, 134 bondAccruedInterest s, 135 includeOvernight b, 136 manualOrderIndicator i,
  137 submitter s, 138 deactivate b, 139 postOnly b, 140 allowPreOpen b, 141 ignoreOpenAuction b,
  142 seekPriceImprovement i, 143 whatIfType i, 144 hedgeMaxSize i, 145 conditionsIncludeOvernight b

OrderCondition: 1 type i, 2 isConjunctionConnection b, 3 isMore b, 4 conId i, 5 exchange s, 6 symbol s, 7 secType s,
  8 percent i, 9 changePercent d, 10 price d, 11 triggerMethod i, 12 time s, 13 volume i

OrderState: 1 status s, 2 initMarginBefore d, 3 maintMarginBefore d, 4 equityWithLoanBefore d, 5 initMarginChange d,
  6 maintMarginChange d, 7 equityWithLoanChange d, 8 initMarginAfter d, 9 maintMarginAfter d,
  10 equityWithLoanAfter d, 11 commissionAndFees d, 12 minCommissionAndFees d, 13 maxCommissionAndFees d,
  14 commissionAndFeesCurrency s, 15 marginCurrency s, 16 initMarginBeforeOutsideRTH d,
  17 maintMarginBeforeOutsideRTH d, 18 equityWithLoanBeforeOutsideRTH d, 19 initMarginChangeOutsideRTH d,
  20 maintMarginChangeOutsideRTH d, 21 equityWithLoanChangeOutsideRTH d, 22 initMarginAfterOutsideRTH d,
  23 maintMarginAfterOutsideRTH d, 24 equityWithLoanAfterOutsideRTH d, 25 suggestedSize D, 26 rejectReason s,
  27 orderAllocations *OrderAllocation, 28 warningText s, 29 completedTime s, 30 completedStatus s

OrderAllocation: 1 account s, 2 position D, 3 positionDesired D, 4 positionAfter D, 5 desiredAllocQty D,
  6 allowedAllocQty D, 7 isMonetary b

AttachedOrders: 1 slOrderId i, 2 slOrderType s, 3 ptOrderId i, 4 ptOrderType s

PlaceOrderRequest: 1 orderId i, 2 contract Contract, 3 order Order, 4 attachedOrders AttachedOrders

OrderCancel: 1 manualOrderCancelTime s, 2 extOperator s, 3 manualOrderIndicator i

CancelOrderRequest: 1 orderId i, 2 orderCancel OrderCancel

GlobalCancelRequest: 1 orderCancel OrderCancel

AutoOpenOrdersRequest: 1 autoBind b

CompletedOrdersRequest: 1 apiOnly b

OpenOrder: 1 orderId i, 2 contract Contract, 3 order Order, 4 orderState OrderState

CompletedOrder: 1 contract Contract, 2 order Order, 3 orderState OrderState

OrderStatus: 1 orderId i, 2 status s, 3 filled D, 4 remaining D, 5 avgFillPrice d, 6 permId l, 7 parentId i,
  8 lastFillPrice d, 9 clientId i, 10 whyHeld s, 11 mktCapPrice d

OrderBound: 1 permId l, 2 clientId i, 3 orderId i

ExecutionFilter: 1 clientId i, 2 acctCode s, 3 time s, 4 symbol s, 5 secType s, 6 exchange s, 7 side s, 8 lastNDays i,
  9 specificDates *i

ExecutionRequest: 1 reqId i, 2 executionFilter ExecutionFilter

Execution: 1 orderId i, 2 execId s, 3 time s, 4 acctNumber s, 5 exchange s, 6 side s, 7 shares D, 8 price d, 9 permId l,
  10 clientId i, 11 isLiquidation b, 12 cumQty D, 13 avgPrice d, 14 orderRef s, 15 evRule s, 16 evMultiplier d,
  17 modelCode s, 18 lastLiquidity i, 19 isPriceRevisionPending b, 20 submitter s, 21 optExerciseOrLapseType i

ExecutionDetails: 1 reqId i, 2 contract Contract, 3 execution Execution

CommissionAndFeesReport: 1 execId s, 2 commissionAndFees d, 3 currency s, 4 realizedPNL d, 5 bondYield d,
  6 yieldRedemptionDate s

ExerciseOptionsRequest: 1 orderId i, 2 contract Contract, 3 exerciseAction i, 4 exerciseQuantity i, 5 account s,
  6 override b, 7 manualOrderTime s, 8 customerAccount s, 9 professionalCustomer b

ApiSettingsConfig: 1 readOnlyApi b, 8 socketPort i, 18 masterClientId i

ApiConfig: 2 settings ApiSettingsConfig

ConfigRequest: 1 reqId i

ConfigResponse: 1 reqId i, 4 api ApiConfig

UpdateConfigResponse: 1 reqId i, 2 status s, 3 message s, 4 changedFields *s, 5 errors *s
"""
