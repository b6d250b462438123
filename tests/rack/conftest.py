"""A rack without PDFs, and a browser that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .support import everything, write


@pytest.fixture(scope="session")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a rack of 37 made-up leaflets, once. Give its page."""
    return write(tmp_path_factory.mktemp("rack"), everything())


@pytest.fixture
def opened(page: Page, rack: Path) -> Page:
    """Open that rack as a file."""
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.goto(rack.as_uri())
    expect(page.locator("#results .card").first).to_be_visible()
    return page
