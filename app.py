"""The browser editor: `planner serve`, `make app`, or `streamlit run app.py` with `planner worker` beside."""

from planner.ui import shell

shell.run()
