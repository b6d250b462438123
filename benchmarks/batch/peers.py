"""Set all pages of a folder with a peer, in a process of its own.

    python -m benchmarks.batch.peers loop|chromium|typst FROM TO

The peers' own fonts are those that the machine has; typst gets the pinned ones.
"""

from __future__ import annotations

import logging
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def loop(pages: Path, out: Path) -> None:
    """Set page after page with WeasyPrint, as its documentation shows it."""
    import weasyprint

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    for page in sorted(pages.glob("*.html")):
        weasyprint.HTML(page).write_pdf(out / f"{page.stem}.pdf", pdf_variant="pdf/ua-1")


def chromium(pages: Path, out: Path) -> None:
    """Print page after page in one Chromium, two at a time."""
    import asyncio

    from playwright.async_api import Page, async_playwright

    from tests.conftest import CHROMIUM

    async def work(tab: Page, todo: list[Path]) -> None:
        while todo:
            page = todo.pop()
            await tab.goto(page.absolute().as_uri())
            await tab.pdf(path=out / f"{page.stem}.pdf", prefer_css_page_size=True, tagged=True)

    async def run() -> None:
        todo = sorted(pages.glob("*.html"))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=list(CHROMIUM)
            )
            await asyncio.gather(*[work(await browser.new_page(), todo) for _ in range(2)])
            await browser.close()

    asyncio.run(run())


def _typst(job: tuple[Path, Path, Path]) -> None:
    import typst

    source, target, fonts = job
    typst.compile(source, output=target, font_paths=[fonts], ignore_system_fonts=True)


def typst(pages: Path, out: Path) -> None:
    """Compile all with typst, in two workers."""
    jobs = [(page, out / f"{page.stem}.pdf", pages / "fonts") for page in pages.glob("*.typ")]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_typst, sorted(jobs)))


if __name__ == "__main__":
    {"loop": loop, "chromium": chromium, "typst": typst}[sys.argv[1]](*map(Path, sys.argv[2:]))
