"""`python -m leanib` is `leanib`."""

import sys

from leanib.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
