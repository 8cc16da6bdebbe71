"""Ctrl-C in a terminal reaches every process of the command, the searches in child processes too."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli import shared as cli

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="process groups are signalled otherwise on Windows")
def test_ctrl_c_during_the_routes_keeps_the_best_plan(tmp_path: Path) -> None:
    output = tmp_path / "r.xlsx"
    words = ["solve", str(ROOT / "scenarios" / "paris_psychiatrie.xlsx"), "-o", str(output), "--only", "routes", "--seconds", "120", "--lang", "fr"]
    with subprocess.Popen(
        [sys.executable, "-m", "planner", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:  # a plan is there once its cost is shown
            if "coût" in line and "coût inconnu" not in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=90)
    assert process.returncode == cli.STOPPED
    assert "arrêté, meilleur plan conservé" in out
    assert "KeyboardInterrupt" not in err and "Traceback" not in err
    assert output.exists()
