"""``make fuzz``: see `tests.fuzz.driving`."""

import sys

from tests.fuzz.driving import main

if __name__ == "__main__":
    sys.exit(main())
