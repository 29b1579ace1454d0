"""`python -m leanib.data.generate [folder]`: write the sample data (into `data` when no folder is named)."""

from __future__ import annotations

import sys

from leanib.data.generate.main import generate
from leanib.errors import LeanIBError


def main(arguments: list[str]) -> int:
    """Run the command; 0 when all was written, 2 when something is missing."""
    folder = arguments[0] if arguments else "data"
    try:
        generate(folder)
    except LeanIBError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"sample data written to {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
