"""The `gridwell` command."""

import sys

from gridwell.core.cli import main

if __name__ == "__main__":
    sys.exit(main())
