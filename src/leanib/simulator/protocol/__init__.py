"""The text form of the TWS API socket protocol, server side: framing, fields, message ids and version gates."""
