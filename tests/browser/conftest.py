"""A real browser on a real editor: `planner serve` on a free port with its own data folder, Chromium driven by Playwright.

How to write a flow (see test_scenarios.py):

    pytestmark = pytest.mark.browser

    def test_something(editor: Editor, visit: Visit, shot: Shot) -> None:
        page = visit("fr")                      # a browser of that language, on the first page
        open_page(page, "Calcul")               # by the link in the sidebar
        page.get_by_role("button", name="Lancer le calcul").click()
        settled(page)                           # the page is drawn whole
        shot(page, "calcul_fr")                 # into the folder of `--shots`

`editor.store` is the store of that editor, to look at what the page did. Each browser's requests are recorded: a test
fails when one leaves this computer. Stores, browsers and servers live as long as the module, so that a module pays for
one start; Playwright is ended with the module because its event loop would be in the way of others.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from planner.store import Store

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LOCALES = {"fr": "fr-FR", "en": "en-US"}
WAIT = 30_000  # ms: other tests share the cores
expect.set_options(timeout=WAIT)

Visit = Callable[..., Page]
Shot = Callable[[Page, str], Path]


@dataclass(frozen=True)
class Editor:
    """A running editor: its address and its data folder."""

    url: str
    folder: Path

    @property
    def store(self) -> Store:
        return Store.open(self.folder)

    def address(self, path: str = "", **parameters: str | int) -> str:
        return f"{self.url}/{path}{'?' + urlencode(parameters) if parameters else ''}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(done: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something outside the page; `what` names it when it does not come."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            pytest.fail(f"{what} did not happen in {seconds:.0f} s")
        time.sleep(0.1)


def insist(act: Callable[[], None], done: Callable[[], bool], what: str, every: float = 12.0, times: int = 6) -> None:
    """Do something on the page until it has its effect: a click or a key that falls between two drawings of a page on a
    busy computer is lost, and a person then does it again.
    """
    for _ in range(times):
        with suppress(PlaywrightTimeout):
            act()
        end = time.monotonic() + every
        while time.monotonic() < end:
            if done():
                return
            time.sleep(0.05)
    pytest.fail(f"{what} did not happen after {times} tries")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """`planner serve` with one solving process; its store holds the sample of a first visit."""
    folder = tmp_path_factory.mktemp("data")
    port = _free_port()
    with (folder / "serve.log").open("wb") as log:
        command = [sys.executable, "-m", "planner", "serve", "--no-browser", "--port", str(port), "--data", str(folder), "--workers", "1"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True, env={**os.environ, "PLANNER_SAMPLE": "1"})
        started = Editor(f"http://127.0.0.1:{port}", folder)
        try:
            until(lambda: _answers(started.url), 60, "the start of the editor")
            store = started.store
            until(lambda: store.lease() is not None, 60, "the start of the worker")
            store.close()
            yield started
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here (scripts/system_packages.sh installs it on Debian)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield started
        started.close()


def quiet(page: Page) -> None:
    """Wait, some seconds at most, until the page has been at rest for a while: a click between two drawings is lost."""
    with suppress(PlaywrightTimeout):
        page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid=stApp]');
                const rests = app?.getAttribute('data-test-script-state') === 'notRunning' && !document.querySelector('[data-stale=true]');
                window.restsSince = rests ? (window.restsSince ?? performance.now()) : null;
                return rests && performance.now() - window.restsSince > 300;
            }""",
            polling=50,
            timeout=6_000,
        )


@pytest.fixture(autouse=True)
def patient_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every click waits for the page to be at rest, as a person does who sees it change."""
    at_once = Locator.click

    def click(found: Locator, **how: Any) -> None:
        quiet(found.page)
        at_once(found, **how)

    monkeypatch.setattr(Locator, "click", click)


def leaves(url: str) -> bool:
    """Whether a request of the page goes to another computer."""
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob", "about") and parts.hostname not in ("127.0.0.1", "localhost", "::1")


@pytest.fixture
def visit(browser: Browser, editor: Editor) -> Iterator[Visit]:
    """`visit(lang, path="", width=1280, **parameters)`: a fresh browser of that language on a page of the editor, drawn whole.
    When the test ends, every request of every such browser must have stayed on this computer.
    """
    contexts: list[BrowserContext] = []
    asked: list[str] = []

    def opened(lang: str, path: str = "", width: int = 1280, **parameters: str | int) -> Page:
        context = browser.new_context(locale=LOCALES[lang], timezone_id="Europe/Paris", viewport={"width": width, "height": 900}, accept_downloads=True)
        context.set_default_timeout(WAIT)
        context.on("request", lambda request: asked.append(request.url))
        contexts.append(context)
        page = context.new_page()
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.goto(editor.address(path, **parameters))
        settled(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not [url for url in asked if leaves(url)]


@pytest.fixture(scope="session")
def shots(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: the folder of `--shots`."""
    asked = request.config.getoption("--shots")
    folder = Path(asked) if asked else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def shot(shots: Path) -> Shot:
    """`shot(page, name)`: the whole page as a picture, once it is drawn; a page in error fails the test."""

    def taken(page: Page, name: str) -> Path:
        settled(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.mouse.move(640, 2)  # no tooltip in the picture
        height = page.evaluate("Math.max(900, (document.querySelector('[data-testid=stMain] .block-container')?.scrollHeight ?? 0) + 40)")
        width = page.viewport_size["width"] if page.viewport_size else 1280
        page.set_viewport_size({"width": width, "height": min(int(height), 6000)})
        page.wait_for_timeout(400)  # charts are drawn to their new size
        path = shots / f"{name}.png"
        page.screenshot(path=path)
        page.set_viewport_size({"width": width, "height": 900})
        return path

    return taken


def settled(page: Page) -> None:
    """Wait until the page is drawn whole: no script runs, nothing on it is of an earlier run. After a click, first
    `expect` what it brings: the page may not have begun to answer.
    """
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid=stApp]');
            const drawn = document.querySelector('[data-testid=stMain] h1, [data-testid=stMain] [data-testid=stAlert]');
            return app?.getAttribute('data-test-script-state') === 'notRunning' && drawn && !document.querySelector('[data-stale=true]');
        }""",
        timeout=WAIT,
    )


def open_page(page: Page, title: str) -> float:
    """Go to a page by its link in the sidebar; seconds from the click to the page drawn whole."""
    settled(page)
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True)
    heading = page.get_by_role("heading", level=1, name=title)
    started = time.monotonic()

    def shown() -> bool:
        page.wait_for_timeout(20)
        return heading.is_visible()

    insist(lambda: link.click(timeout=10_000), shown, f"the page {title}")
    settled(page)
    return time.monotonic() - started
