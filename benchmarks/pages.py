"""How fast the editor's pages answer: `python -m benchmarks.pages [--sample CODE] [--rows 20000]`.

Starts `planner serve` on an empty data folder, opens a sample, solves it once, then times in headless Chromium, as a
reader would feel it: from the click to the page drawn and at rest. First visit and later visits are told apart.
Another scenario with a large travel table shows that it stays usable.
"""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright

from planner.i18n import text
from planner.plan import Limits
from planner.service import runs, scenarios
from planner.sites import SITES, TRAVEL
from planner.store import Store

PAGES = ("scenarios", "donnees", "calcul", "resultats", "comparaison", "lots")
RESTING = """title => {
    const app = document.querySelector('[data-testid=stApp]');
    const head = document.querySelector('[data-testid=stMain] h1');
    return app && head && head.innerText.trim() === title && app.dataset.testScriptState === 'notRunning';
}"""


def timed(page: Page, act: Callable[[], Any], title: str, shows: Locator | None = None) -> float:
    """Seconds from an act to the page with this title at rest, once it `shows` what the act brings."""
    began = time.monotonic()
    act()
    if shows is not None:
        shows.wait_for(timeout=120_000)
    page.wait_for_function(RESTING, arg=title, timeout=120_000, polling=20)
    return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(page: Page, rounds: int) -> dict[str, list[float]]:
    """Every page by its link in the sidebar, several rounds."""
    found: dict[str, list[float]] = {name: [] for name in PAGES}
    for _ in range(rounds):
        for name in PAGES:
            title = text(f"app.page.{name}", "fr")
            link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True)
            found[name].append(timed(page, link.click, title))
    return found


def fill(folder: Path, sample: str, rows: int, seconds: float) -> tuple[int, int]:
    """Two scenarios in the store: the sample with two runs asked for, and the sample with a travel table of so many rows."""
    store = Store.open(folder)
    large = scenarios.open_sample(store, sample, "mesure")
    scenario = store.scenario(large.id)
    sites = [{name: getattr(row, name) for name in SITES.names} for row in scenario.rows(SITES.name)]
    while len(sites) * (len(sites) - 1) < rows:  # enough places for so many trips
        sites.append({**sites[0], "site": f"Z{len(sites)}"})
    pairs = [(a["site"], b["site"]) for a in sites for b in sites if a is not b][:rows]
    many = [{"origin": a, "destination": b, "km": 1.0 + i % 40, "minutes": 2.0 + i % 60} for i, (a, b) in enumerate(pairs)]
    first = scenarios.duplicate(store, large.id, "mesure", "mesure", "fr")
    for seed in (1, 2):
        runs.start(store, first.id, ["kitchens", "routes", "purchasing"], Limits(seconds=seconds, seed=seed, threads=1), "mesure")
    wide = store.add(scenario.replace(SITES.name, SITES.frame(sites)).replace(TRAVEL.name, TRAVEL.frame(many)).renamed("grande table"), "mesure")
    store.close()
    return first.scenario_id, wide.scenario_id


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", default="paris_psychiatrie")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    browser_path = shutil.which("chromium")
    if browser_path is None:
        sys.exit("Chromium is needed")
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        first, wide = fill(folder, options.sample, options.rows, options.seconds)
        server = subprocess.Popen([sys.executable, "-m", "planner", "serve", "--data", name, "--port", str(port), "--no-browser", "--lang", "fr"])
        try:
            store = Store.open(folder)
            while any(not run.state.ended for run in store.runs()):
                time.sleep(0.5)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
                page = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}).new_page()
                opened = timed(page, lambda: page.goto(f"http://127.0.0.1:{port}/scenarios?scenario={first}&lang=fr"), text("app.page.scenarios", "fr"))
                found = measure(page, options.rounds)
                print(f"{options.sample}: editor opened in {opened:.2f} s\n\n| page | first visit (s) | later visits, median (s) | slowest (s) |\n|---|---|---|---|")
                for page_name, times in found.items():
                    print(f"| {text(f'app.page.{page_name}', 'fr')} | {times[0]:.2f} | {statistics.median(times[1:]):.2f} | {max(times[1:]):.2f} |")
                _views(page)
                _large(page, port, wide, options.rows)
                browser.close()
        finally:
            server.terminate()
            server.wait()


def _views(page: Page) -> None:
    """The views of Résultats and Données."""
    print("\n| view | s |\n|---|---|")
    for name, views in (("resultats", [text(f"problem.{p}", "fr") for p in ("kitchens", "routes", "purchasing")] + [text(f"results.view.{v}", "fr") for v in ("findings", "locks")]),
                        ("donnees", [text(f"editor.view.{v}", "fr") for v in ("parameters", "map", "variants", "tables")])):  # fmt: skip
        title = text(f"app.page.{name}", "fr")
        timed(page, page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click, title)
        for view in views:
            button = page.get_by_test_id("stMain").get_by_role("radio", name=view, exact=True)
            began = time.monotonic()
            button.click()
            page.wait_for_timeout(40)
            page.wait_for_function(RESTING, arg=title, timeout=120_000, polling=20)
            print(f"| {title}: {view} | {time.monotonic() - began:.2f} |")


def _large(page: Page, port: int, wide: int, rows: int) -> None:
    """A large table opened, searched, edited."""
    title = text("app.page.donnees", "fr")
    page.goto(f"http://127.0.0.1:{port}/donnees?scenario={wide}&lang=fr")
    page.wait_for_function(RESTING, arg=title, timeout=120_000)
    main_part = page.get_by_test_id("stMain")
    main_part.get_by_role("combobox").first.click()
    page.wait_for_timeout(300)
    opened = timed(page, page.get_by_role("option", name=TRAVEL.fr).click, title, main_part.get_by_text(TRAVEL.help_fr))
    search = main_part.get_by_role("textbox", name=text("editor.search", "fr"))
    search.fill("59")
    sought = timed(page, lambda: search.press("Enter"), title, main_part.get_by_text(re.compile(r"ligne\(s\) sur")))
    search.fill("")
    search.press("Enter")
    main_part.get_by_text(re.compile(r"ligne\(s\) sur")).wait_for(state="detached")
    page.wait_for_function(RESTING, arg=title, timeout=120_000)
    box = main_part.locator("[data-testid=stDataFrameResizable] canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + 90)
    page.keyboard.type("12,5", delay=30)
    edited = timed(page, lambda: page.keyboard.press("Enter"), title, main_part.get_by_role("button", name=text("editor.save", "fr")))
    print(f"\ntable of {rows} rows: opened {opened:.2f} s, searched {sought:.2f} s, one cell edited {edited:.2f} s")


if __name__ == "__main__":
    main()
