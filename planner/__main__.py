"""`python -m planner` is the command `planner`."""

from planner.cli import main

if __name__ == "__main__":  # processes started by multiprocessing import this module too
    raise SystemExit(main())
