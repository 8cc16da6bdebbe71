"""LibreOffice for the tests that need it, and small workbooks written cell by cell."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

Convert = Callable[..., list[Path]]
Make = Callable[..., Path]


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Opens files in LibreOffice and saves them again: convert([files], "xlsx") -> the files it wrote."""
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail("LibreOffice is needed: CI installs it")
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("profile")

    def run(files: Sequence[Path], kind: str = "xlsx") -> list[Path]:
        out = tmp_path_factory.mktemp("office")
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind, "--outdir", str(out), *map(str, files)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        made = [out / f"{file.stem}.{kind}" for file in files]
        assert all(file.is_file() for file in made)
        return made

    return run


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make({sheet: rows}) -> a workbook with these values."""

    def write(content: dict[str, Sequence[Sequence[Any]]], name: str = "book.xlsx") -> Path:
        workbook = Workbook()
        workbook.remove(workbook.worksheets[0])
        for title, rows in content.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / name
        workbook.save(path)
        return path

    return write
