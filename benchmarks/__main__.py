"""`python -m benchmarks NAME ...`: published instances beside the peers, and the product's own measures."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = {
    "routes": "benchmarks.routes.table",
    "kitchens": "benchmarks.kitchens.table",
    "purchasing": "benchmarks.purchasing.table",
    "sharing": "benchmarks.sharing.table",
    "weeks": "benchmarks.weeks",
    "rules": "benchmarks.rules",
    "rosters": "benchmarks.rosters",
    "conflicts": "benchmarks.conflicts",
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.exit(f"python -m benchmarks {{{','.join(NAMES)}}} FOLDER-OR-FILE [options]; also benchmarks.batch, benchmarks.kills, benchmarks.pages")
    sys.exit(import_module(NAMES[sys.argv[1]]).main(sys.argv[2:]))
