"""The browser page: `streamlit run app.py`, or `make app`."""

from planner.ui.page import show

show()
