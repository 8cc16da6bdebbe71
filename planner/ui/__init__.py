"""The browser pages, the only place that knows Streamlit."""
