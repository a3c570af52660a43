"""Question sets that are opened from disk."""

from __future__ import annotations

import pytest

from elicit.funnels.exports import page


@pytest.fixture
def opened(chromium, tmp_path):
    """Return a function that opens a question set; the page may not complain, and may not ask for anything."""
    troubles, asked = [], []

    def show(funnel, width=1000):
        tab = chromium.new_page(viewport={"width": width, "height": 700})
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
