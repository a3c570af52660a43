"""A browser for pages that are opened from disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from elicit.funnels.exports import page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Return a function that opens a question set; the page may not complain, and may not ask for anything."""
    troubles, asked = [], []

    def show(funnel, width=1000):
        tab = browser.new_page(viewport={"width": width, "height": 700})
        tab.on("console", lambda message: troubles.append(message.text))
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        tab.on("dialog", lambda dialog: (troubles.append("dialog"), dialog.dismiss()))
        tab.on("request", lambda request: asked.append(request.url))
        (tmp_path / "funnel.html").write_text(page(funnel), encoding="utf-8")
        tab.goto((tmp_path / "funnel.html").as_uri())
        return tab

    yield show
    assert troubles == []
    assert all(url.startswith("file:") for url in asked)
