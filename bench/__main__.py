"""`python -m bench [NAME …]`."""

import sys

from bench.harness import main, run_child

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        sys.exit(run_child(sys.argv[2], sys.argv[3]))
    sys.exit(main(sys.argv[1:]))
