"""`python -m benchmarks NAME ...`: published instances beside the peers."""

from __future__ import annotations

import sys

from benchmarks import rules, weeks
from benchmarks.kitchens import table as kitchens
from benchmarks.routes import table as routes
from benchmarks.sharing import table as sharing

NAMES = {"kitchens": kitchens.main, "routes": routes.main, "sharing": sharing.main, "rules": rules.main, "weeks": weeks.main}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.exit(f"python -m benchmarks {{{','.join(NAMES)}}} FOLDER-OR-FILE [options]; also benchmarks.batch, benchmarks.kills, benchmarks.pages")
    sys.exit(NAMES[sys.argv[1]](sys.argv[2:]))
