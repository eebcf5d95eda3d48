"""``aggregate``, and ``python -m aggregator``."""

import gc
import sys

_UNCHECKED = 20_000
"""Objects made between two looks for garbage in cycles: a batch makes thousands."""


def main() -> None:
    """Run the command line and exit, quietly too where Ctrl-C comes before a command runs."""
    gc.set_threshold(_UNCHECKED)
    try:
        from aggregator.cli import main as run  # noqa: PLC0415  within the try, that is

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
