"""The protobuf form of the TWS API, server versions 201 and later.

`wire` is the encoding, `schema` the messages, `layouts` how a message becomes the text form and back, `requests` and
`answers` the tables of both directions, `orders` what has a form of its own, `frames` the door to the rest.
"""
