"""Which rule ends trading in which future (`Common/Securities/Future/FuturesExpiryFunctions.cs`).

Times of day are as LEAN has them: mostly UTC in summer, some the exchange's.
"""

from __future__ import annotations

from leanib.engine.derivatives.futures.calendar import FRIDAY, THURSDAY, WEDNESDAY
from leanib.engine.derivatives.futures.cycles import FutureExpirationCycles as Cycle
from leanib.engine.derivatives.futures.expiry_rules import (
    ExpiryRule,
    before_third_wednesday,
    before_twenty_fifth,
    brent,
    business_day,
    business_days_before,
    day_before_contract_month,
    feeder_cattle,
    fifteenth_or_after,
    final_weekday,
    fixed_weekday,
    last_business_day,
    last_wednesday_eve,
    lean_hogs,
    mini_volatility_index,
    next_to_last_day,
    volatility_index,
    wednesday_closest_to_fifteenth,
    weekday,
)
from leanib.engine.symbols import Market

__all__ = ["EXPIRY_RULES"]

_LAST = last_business_day()
_THIRD_LAST = last_business_day(3)
_THIRD_FRIDAY = weekday(3, FRIDAY)
_QUARTERLY_THIRD_FRIDAY = _THIRD_FRIDAY.listed_in(Cycle.HMUZ)
_STOCK_INDEX = _QUARTERLY_THIRD_FRIDAY.at(13, 30)
_EVE_OF_SECOND_FRIDAY = weekday(2, FRIDAY, days_before=1)
_CURRENCY = before_third_wednesday(2).at(14, 16)
_QUARTERLY_CURRENCY = _CURRENCY.listed_in(Cycle.HMUZ)

_NYMEX_OIL_AND_GAS = (
    "A0D A3G A91 ADB AGA APS AYX AZ1 B7H BK BOO CSX D1N DCB S5O M1B R5O MEF M35 MAF A0F EN EPN EVC EWN FO FRC "
    "FSS GCU 1S 22 A1L A1M A1R A32 A7E A7I A7Q A8J A8K A8O AA6 AA8 ABS ABT AC0 AD0 AJL AJS AKL AKZ AR0 ARE AVZ "
    "B0 BR7 CRB CU E6 EWG EXR"
)

_RULES: dict[str, list[tuple[ExpiryRule, str]]] = {
    Market.COMEX: [
        (_THIRD_LAST, "GC SI SIL MGT"),
        (_LAST, "AUP EDP"),
        (_THIRD_LAST.at(17), "HG"),
        (_THIRD_LAST.listed_in(Cycle.GJMQVZ), "MGC"),
    ],
    Market.NYMEX: [
        (_THIRD_LAST, "PL PA PAM"),
        (ExpiryRule(last_wednesday_eve), "HRC"),
        (_LAST, _NYMEX_OIL_AND_GAS),
        (last_business_day(1, months_before=1), "A9N HO RB"),
        (last_business_day(3, months_before=1), "HH"),
        (last_business_day(4, months_before=1), "HP"),
        (last_business_day(1, months_before=2), "BZ"),
        (before_twenty_fifth(0), "AE5 AYV HTT"),
        (before_twenty_fifth(3), "CL HCL"),
        (before_twenty_fifth(4), "MCL"),
        (business_days_before(1, 3), "NG"),
        (last_business_day(1, months_before=1).listed_in(Cycle.HKNV), "YO"),
        (final_weekday(FRIDAY), "M5F"),
    ],
    Market.CME: [
        (_STOCK_INDEX, "ES NQ RTY MES MNQ M2K RX ESG RS1 BIO"),
        (_QUARTERLY_THIRD_FRIDAY, "FT1 E3G FTU"),
        (_THIRD_FRIDAY.at(13, 30).listed_in(Cycle.DECEMBER), "SDA"),
        (fixed_weekday(3, FRIDAY).at(20).listed_in(Cycle.HMUZ), "EI"),
        (fixed_weekday(3, FRIDAY).at(13, 30).listed_in(Cycle.HMUZ), "EMD"),
        (_EVE_OF_SECOND_FRIDAY.at(21).listed_in(Cycle.HMUZ), "NKD ENY TPD TPY"),
        (_EVE_OF_SECOND_FRIDAY.at(21), "NIY"),
        (last_business_day(2).at(6), "FT5"),
        (business_day(11).at(18, 40), "GD"),
        (ExpiryRule(wednesday_closest_to_fifteenth, Cycle.GJMQVZ).at(20), "IBV"),
        (business_days_before(16).at(17, 5).listed_in(Cycle.FHKNUX), "LBS LBR"),
        (_CURRENCY, "6B 6J 6E 6A 6M 6Z"),
        (_QUARTERLY_CURRENCY, "6S 6N ACD AJY ANE CJY E7 EAD ECD ESK J7 M6E M6B MJY MSF M6J M6S"),
        (before_third_wednesday(2).listed_in(Cycle.HMUZ), "M6A"),
        (before_third_wednesday(1).at(14, 16), "6C"),
        (before_third_wednesday(1).at(14, 16).listed_in(Cycle.HMUZ), "M6C"),
        (before_third_wednesday(1).listed_in(Cycle.HMUZ), "MCD"),
        (before_third_wednesday(2).at(3), "MNH"),
        (before_third_wednesday(2).at(11), "GE"),
        (weekday(3, WEDNESDAY, days_before=2).at(3), "CNH"),
        (ExpiryRule(fifteenth_or_after).at(8), "6R"),
        (ExpiryRule(day_before_contract_month).at(14, 15), "6L"),
        (_THIRD_LAST.at(6, 30), "MIR"),
        (final_weekday(FRIDAY).at(15), "BTC ETH MET MBT"),
        (final_weekday(THURSDAY).at(15), "MRB MIB"),
        (_LAST.at(12).listed_in(Cycle.GJMQVZ), "LE"),
        (ExpiryRule(lean_hogs, Cycle.GJKMNQVZ).at(12), "HE"),
        (ExpiryRule(feeder_cattle, Cycle.FHJKQUVX), "GF"),
    ],
    Market.CBOT: [
        (_STOCK_INDEX, "YM MYM"),
        (_LAST, "BWF BCF 10Y 30Y 2YY 5YY"),
        (weekday(3, WEDNESDAY).at(18, 30).listed_in(Cycle.HMUZ), "AW"),
        (business_days_before(15).listed_in(Cycle.HKNUZ), "ZW KE ZC ZO"),
        (business_days_before(15).listed_in(Cycle.FHKNQUX), "ZS"),
        (business_days_before(15).listed_in(Cycle.FHKNQUVZ), "ZM ZL"),
        (last_business_day(8).at(12, 1).listed_in(Cycle.HMUZ), "ZB ZN UB"),
        (last_business_day(8).listed_in(Cycle.HMUZ), "TN"),
        (_LAST.at(12, 1).listed_in(Cycle.HMUZ), "ZF ZT"),
        (weekday(3, WEDNESDAY, days_before=2).at(19).listed_in(Cycle.HMUZ), "F1U"),
        (business_day(3), "EH"),
    ],
    Market.CFE: [(ExpiryRule(volatility_index).at(13), "VX"), (ExpiryRule(mini_volatility_index).at(13), "VXM")],
    Market.EUREX: [
        (_STOCK_INDEX, "FESX"),
        (_QUARTERLY_THIRD_FRIDAY.at(13), "FDAX FSDX FDIV FDXS FDXM FSMX FTDX"),
    ],
    Market.ICE: [
        (fixed_weekday(3, WEDNESDAY, days_before=2).at(10, 16).listed_in(Cycle.HMUZ), "DX"),
        (ExpiryRule(brent), "B"),
        (business_days_before(14, 2).at(12), "G"),
        (last_business_day(17).listed_in(Cycle.HKNVZ), "CT"),
        (last_business_day(15).listed_in(Cycle.FHKNUX), "OJ"),
        (last_business_day(9).listed_in(Cycle.HKNUZ), "KC"),
        (last_business_day(12).listed_in(Cycle.HKNUZ), "CC"),
        (last_business_day(1, months_before=1).listed_in(Cycle.HKNV), "SB"),
    ],
    Market.NYSELIFFE: [
        (_THIRD_FRIDAY.at(16, 15), "M1EU M1JP M1MSA MXEA MXEF MXUS"),
        (_THIRD_LAST.at(13, 30), "YG ZG"),
        (_THIRD_LAST.at(13, 25), "YI ZI"),
    ],
    Market.SGX: [(_EVE_OF_SECOND_FRIDAY.at(14, 30), "NK"), (ExpiryRule(next_to_last_day).at(13, 45), "TW")],
    Market.INDIA: [(final_weekday(THURSDAY).at(15, 30), "NIFTY BANKNIFTY SENSEX")],
    Market.HKFE: [(last_business_day(2).at(16), "HSI")],
    Market.KRX: [(weekday(2, THURSDAY).at(15, 20).listed_in(Cycle.HMUZ), "KM")],
}

EXPIRY_RULES: dict[tuple[str, str], ExpiryRule] = {
    (market, ticker): rule for market, rules in _RULES.items() for rule, tickers in rules for ticker in tickers.split()
}
"""Rules by market and ticker."""
