"""IB's error codes and their texts, as the Gateway words them.

Source: the message codes page of the TWS API documentation and what public clients match on.
"""

from __future__ import annotations

NO_ID = -1
NO_DEFINITION = 200
#: The other text of error 200: with the symbol as argument.
AMBIGUOUS = "The contract description specified for {0} is ambiguous."

TEXTS: dict[int, str] = {
    100: "Max rate of messages per second has been exceeded:{0}",
    101: "Max number of tickers has been reached.",
    102: "Duplicate ticker ID.",
    103: "Duplicate order ID.",
    104: "Can't modify a filled order.",
    105: "Order being modified does not match original order.",
    110: "The price does not conform to the minimum price variation for this contract.",
    111: "The TIF (Tif type) and the order type are incompatible.",
    113: "The Tif option should be set to DAY for MOC and LOC orders.",
    135: "Can't find order with ID ={0}",
    147: "The conditional contract info is incomplete.",
    161: "Cancel attempted when order is not in a cancellable state. Order permId ={0}",
    162: "Historical Market Data Service error message:{0}",
    200: "No security definition has been found for the request",
    201: "Order rejected - reason:{0}",
    202: "Order Canceled - reason:{0}",
    300: "Can't find EId with tickerId:{0}",
    309: "Max number (3) of market depth requests has been reached.",
    310: "Can't find the subscribed market depth with tickerId:{0}",
    312: "The combo details are invalid.",
    317: "Market depth data has been RESET. Please empty deep book contents before applying any new entries.",
    320: "Error reading request. {0}",
    321: "Error validating request. {0}",
    322: "Error processing request.{0}",
    325: "Discretionary orders are not supported for this combination of exchange and order type.",
    326: "Unable to connect as the client id is already in use. Retry with a unique client id.",
    329: "Order modify failed. Cannot change to the new order type.",
    337: "The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss xxx where yyyymmdd "
    "and xxx are optional. E.g.: 20031126 15:59:00 EST. Note that there is a space between the date and time, and "
    "between the time and time-zone.",
    354: "Requested market data is not subscribed.",
    366: "No historical data query found for ticker id:{0}",
    387: "Unsupported order type for this exchange and security type.",
    399: "Order Message:\n{0}",
    404: "Shares for this order are not immediately available for short sale. "
    "The order will be held while we attempt to locate the shares.",
    420: "Invalid Real-time Query:{0}",
    430: "We are sorry, but fundamentals data for the security specified is not available.{0}",
    434: "The order size cannot be zero.",
    435: "You must specify an account.",
    441: "Algo attributes validation failed: {0}",
    442: "Specified algorithm is not allowed for this order.",
    443: "Order processing failed. Unknown algo attribute: {0}",
    502: "Couldn't connect to TWS.",
    504: "Not connected",
    505: "Fatal Error: Unknown message id.",
    506: "Unsupported version",
    507: "Bad Message Length",
    1100: "Connectivity between IBKR and Trader Workstation has been lost.",
    1101: "Connectivity between IBKR and Trader Workstation has been restored - data lost.",
    1102: "Connectivity between IBKR and Trader Workstation has been restored - data maintained. "
    "All data farms are connected: usfarm; ushmds; secdefil.",
    1300: "TWS socket port has been reset and this connection is being dropped. "
    "Please reconnect on the new port - {0}",
    2100: "New account data requested from TWS.  API client has been unsubscribed from account data.",
    2102: "Unable to modify this order as it is still being processed.",
    2103: "Market data farm connection is broken:{0}",
    2104: "Market data farm connection is OK:{0}",
    2105: "HMDS data farm connection is broken:{0}",
    2106: "HMDS data farm connection is OK:{0}",
    2107: "HMDS data farm connection is inactive but should be available upon demand.{0}",
    2108: "Market data farm connection is inactive but should be available upon demand.{0}",
    2109: "Order Event Warning: Attribute 'Outside Regular Trading Hours' is ignored based on the order type and "
    "destination. PlaceOrder is now being processed.",
    2110: "Connectivity between Trader Workstation and server is broken. It will be restored automatically.",
    2119: "Market data farm is connecting:{0}",
    2157: "Sec-def data farm connection is broken:{0}",
    2158: "Sec-def data farm connection is OK:{0}",
    10089: "Requested market data requires additional subscription for API. See link in 'Market Data Connections' "
    "dialog for more details.Delayed market data is available.{0}",
    10090: "Part of requested market data is not subscribed. Subscription-independent ticks are still active.{0}",
    10092: "Deep market data is not supported for this combination of security type/exchange",
    10147: "OrderId {0} that needs to be cancelled is not found.",
    10148: "OrderId {0} that needs to be cancelled cannot be cancelled, state: {1}.",
    10149: "Invalid order id: {0}",
    10167: "Requested market data is not subscribed. Displaying delayed market data.",
    10168: "Requested market data is not subscribed. Delayed market data is not enabled.",
    10182: "Failed to request live updates (disconnected).",
    10189: "Failed to request tick-by-tick data.{0}",
    10190: "Max number of tick-by-tick requests has been reached.",
    10197: "No market data during competing live session",
    10225: "Bust event occurred, current subscription is deactivated. Please resubscribe real-time bars immediately.",
    10226: "Historical schedule is not available.{0}",
    10241: "Order Quantity is expressed in monetary terms. Modification is not supported via API. Please use desktop "
    "version to revise this order.",
    10243: "Fractional-sized order cannot be placed via API. Please use desktop version to place this order.",
    10244: "Cash Quantity cannot be used for this order",
    10349: "Order TIF was set to DAY based on order preset.",
    10314: "{0}: The date, time, or time-zone entered is invalid. The correct format is yyyymmdd hh:mm:ss "
    "xx/xxxx where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 US/Eastern  Note that there is a space "
    "between the date and time, and between the time and time-zone.  If no date is specified, current date is assumed. "
    "If no time-zone is specified, local time-zone is assumed(deprecated).  You can also provide yyyymmddd-hh:mm:ss "
    "time is in UTC. Note that there is a dash between the date and time in UTC notation.",
}


def text(code: int, *args: object) -> str:
    """The text of `code` with its blanks filled; unused blanks vanish."""
    words = TEXTS.get(code, f"Error {code}")
    if code == NO_DEFINITION and args:
        words = AMBIGUOUS
    for index in range(2):
        words = words.replace(f"{{{index}}}", str(args[index]) if index < len(args) else "")
    return words
