"""An editor without a browser, on a store of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.store import Store

APP = str(Path(__file__).resolve().parents[2] / "app.py")
Opened = Callable[..., AppTest]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the editor, empty of scenarios."""
    monkeypatch.setenv("PLANNER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PLANNER_SAMPLE", "0")
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Store:
    return Store.open(data)


@pytest.fixture
def opened(data: Path) -> Opened:
    """`opened(page, lang="fr", **parameters)`: the editor on a page, with the parameters of its address."""

    def editor(page: str, lang: str = "fr", **parameters: str | int) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=120)
        for name, value in {"lang": lang, **parameters}.items():
            app.query_params[name] = str(value)
        return app.switch_page(f"planner/ui/pages/{page}.py").run()

    return editor
