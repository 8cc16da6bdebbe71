"""Starts the editor's server as a child of `planner serve`: `python -m planner.ui.launch PORT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from planner.jobs.serve import end_with_parent

APP = Path(__file__).resolve().parents[2] / "app.py"


def main(port: str) -> None:
    from streamlit.web import cli

    end_with_parent(lambda: os._exit(0))
    sys.argv = ["streamlit", "run", str(APP), "--server.port", port]
    cli.main()


if __name__ == "__main__":
    main(sys.argv[1])
