"""What all tests share: a home of their own, and no deadlines on a busy machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings

import elicit

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure() -> None:
    """Refuse to test the checkout where the installed wheel was to be tested."""
    if os.environ.get("ELICIT_EXPECT_INSTALLED") and "site-packages" not in str(Path(elicit.__file__)):
        raise pytest.UsageError(f"the tests were to meet the installed package, but met {elicit.__file__}")


@pytest.fixture(autouse=True)
def elicit_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty folder in the place of the user's own."""
    home = tmp_path / "elicit-home"
    monkeypatch.setenv("ELICIT_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Return the folder with real data, or skip."""
    folder = os.environ.get("ELICIT_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("ELICIT_TEST_DATA names no folder with real data")
    return Path(folder)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Return a browser without a screen, or skip."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()
