"""Server versions and the fields that came with them.

The simulator speaks every version from `MIN_VERSION` to `MAX_VERSION`; each constant is the first version at which the
named field or message exists (or, where the name says so, ceases to). From `PROTOBUF` on frames carry binary ids, and
messages become Protocol Buffers family by family (see `protobuf`).
"""

from __future__ import annotations

MIN_VERSION = 150
MAX_VERSION = 226

PRICE_MANAGEMENT_ALGO = 151
STOCK_TYPE = 152
ESCAPED_TEXT = 153
DURATION = 158
MARKET_DATA_IN_SHARES = 159
POST_TO_ATS = 160
WSH_CALENDAR = 161
AUTO_CANCEL_PARENT = 162
FRACTIONAL_SIZES = 163
SIZE_RULES = 164
HISTORICAL_SCHEDULE = 165
ADVANCED_REJECT = 166
USER_INFO = 167
CRYPTO_AGGREGATED_TRADES = 168
MANUAL_ORDER_TIME = 169
PEG_BEST_OFFSETS = 170
WSH_FILTERS = 171
WSH_DATES = 173
INSTRUMENT_TIME_ZONE = 174
HISTORY_IN_SHARES = 175
BOND_ISSUER = 176
FA_PROFILE_GONE = 177
PENDING_PRICE_REVISION = 178
FUND_FIELDS = 179
MANUAL_EXERCISE_TIME = 180
LAST_TRADE_DATE = 182
CUSTOMER_ACCOUNT = 183
PROFESSIONAL_CUSTOMER = 184
BOND_ACCRUED_INTEREST = 185
INELIGIBILITY_REASONS = 186
RFQ_FIELDS = 187
BOND_TRADING_HOURS = 188
INCLUDE_OVERNIGHT = 189
RFQ_FIELDS_GONE = 190
MANUAL_ORDER_INDICATOR = 192
CME_TAGGING_ECHOED = 193
ERROR_TIME = 194
FULL_ORDER_PREVIEW = 195
HISTORICAL_DATA_END = 196
CURRENT_TIME_IN_MILLIS = 197
SUBMITTER = 198
IMBALANCE_ONLY = 199
SPECIFIC_DATES = 200
PROTOBUF = 201


def moment(version: int, text: str) -> str:
    """A time "YYYYMMDD HH:MM:SS zone" as clients of this version get it: before 174 with two blanks, without a zone."""
    words = text.split()
    return text if version >= INSTRUMENT_TIME_ZONE or len(words) < 2 else f"{words[0]}  {words[1]}"
