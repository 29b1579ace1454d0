"""Reading what a page carries."""

import base64
import json
import re
import zlib


def data_of(page: str):
    """The data that a page's scripts draw from."""
    packed = re.search(r'id="packed-data">([^<]*)</script>', page)
    return json.loads(zlib.decompress(base64.b64decode(packed.group(1))))
