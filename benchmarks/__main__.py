"""All benchmarks in one table: `make bench`, or `python benchmarks`.

Nothing is asserted: how long something takes says as much of the machine as of the program. The column *beside* is the
ratio to a peer that ran on the same machine in the same minutes.
"""

from __future__ import annotations

import os
import platform
import sys
from itertools import chain

import cli_startup
import fleet_plan
import image_push
import redeploy
from measured import show


def main() -> None:
    """Run them one after the other, so that none disturbs another."""
    load = os.getloadavg()[0]
    sys.stdout.write(
        f"{os.cpu_count()} cores of {platform.machine()}, {platform.system()}, Python {platform.python_version()}, "
        f"load {load:.1f} before the first run.\n\n"
    )
    show(chain.from_iterable(each.measure() for each in (cli_startup, redeploy, image_push, fleet_plan)))


if __name__ == "__main__":
    main()
