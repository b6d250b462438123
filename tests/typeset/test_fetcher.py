"""A page may show images of its own and of the site's styles; it reads nothing else."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from pressroom.fonts.files import isolate_fonts

from .conftest import SetPage

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'
)
DATA = "data:image/svg+xml;base64," + base64.b64encode(SVG).decode()


@pytest.fixture
def styles(tmp_path: Path) -> Path:
    """A site's styles, with an image, a text, and links that lead out."""
    folder = tmp_path / "styles"
    folder.mkdir()
    (folder / "in.svg").write_bytes(SVG)
    (folder / "notes.txt").write_text("secret")
    (tmp_path / "out.svg").write_bytes(SVG)
    (folder / "link.svg").symlink_to(tmp_path / "out.svg")
    (folder / "large.svg").write_bytes(SVG + b" " * (5 * 1024 * 1024))
    return folder


def fetcher(styles: Path):  # type: ignore[no-untyped-def]
    isolate_fonts()
    from pressroom.typeset.fetcher import SiteFetcher

    return SiteFetcher((styles,))


def test_images_of_the_page_and_of_the_styles_are_fetched(styles: Path) -> None:
    one = fetcher(styles)
    assert one.fetch((styles / "in.svg").as_uri()).read() == SVG
    assert one.fetch(DATA).read() == SVG
    assert one.refused == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("file:///etc/os-release", "this file lies outside of the site's styles"),
        ("file:///etc/hosts.svg", "this file lies outside of the site's styles"),
        ("FILE:///etc/os-release", "this file lies outside of the site's styles"),
        ("file://localhost/etc/os-release", "this file lies outside of the site's styles"),
        ("file://elsewhere/x.svg", "nothing is fetched from another machine"),
        ("{styles}/../out.svg", "this file lies outside of the site's styles"),
        ("{styles}/%2e%2e/out.svg", "this file lies outside of the site's styles"),
        ("{styles}/%2E%2E%2Fout.svg", "this file lies outside of the site's styles"),
        ("{styles}/link.svg", "this file lies outside of the site's styles"),
        ("{styles}/notes.txt", "this is not an image"),
        ("{styles}/large.svg", "the image is too large"),
        ("http://x.example/a.png", "nothing is fetched by http"),
        ("https://x.example/a.png", "nothing is fetched by https"),
        ("ftp://x.example/a.png", "nothing is fetched by ftp"),
        ("//x.example/a.png", "nothing is fetched by"),
        ("a.png", "nothing is fetched by"),
        ("data:text/html,<script>", "only images may stand in the page itself"),
        ("data:,x", "only images may stand in the page itself"),
        ("data:text/css,*{}", "only images may stand in the page itself"),
        ("data:image/svg+xml," + "x" * (7 * 1024 * 1024), "the image is too large"),
        ("javascript:x", "nothing is fetched by javascript"),
        ("", "nothing is fetched by"),
    ],
)  # fmt: skip
def test_all_else_is_refused(styles: Path, url: str, problem: str) -> None:
    one = fetcher(styles)
    with pytest.raises(ValueError, match=problem):
        one.fetch(url.replace("{styles}", styles.as_uri()))
    (said,) = one.refused
    assert problem in said
    assert str(styles.parent) not in said  # no folder of this machine in a report
    assert len(said) < 200


@pytest.mark.parametrize(
    "body",
    [
        '<img src="file:///etc/os-release" alt="x">',
        '<img src="http://x.example/a.png" alt="x">',
        '<p style="background: url(file:///etc/os-release)">x</p>',
        '<object data="file:///etc/os-release">x</object>',
        '<embed src="file:///etc/os-release">',
        '<style>@import "file:///etc/os-release";</style>',
        "<style>@font-face { font-family: x; src: url(file:///etc/x.ttf) } p { font-family: x }"
        "</style><p>x</p>",
        '<link rel="stylesheet" href="file:///etc/os-release">',
        '<link rel="attachment" href="file:///etc/os-release">',
        '<svg viewBox="0 0 1 1"><image href="file:///etc/os-release" width="1" height="1"/></svg>',
        '<ul style="list-style-image: url(file:///etc/os-release)"><li>x</li></ul>',
        '<base href="file:///etc/"><img src="os-release" alt="x">',
    ],
)
def test_whatever_a_page_tries_to_read_is_a_finding(set_page: SetPage, body: str) -> None:
    proof = set_page(body)
    blocked = [finding for finding in proof.findings if finding.code == "resource-blocked"]
    assert blocked, proof.findings
    assert all(finding.severity == "error" for finding in blocked)
    assert all(finding.where for finding in blocked)
    secret = Path("/etc/os-release").read_bytes()[:24]
    assert secret not in proof.pdf
    assert b"EmbeddedFile" not in proof.pdf


def test_a_link_is_not_fetched(set_page: SetPage) -> None:
    assert not set_page('<p><a href="https://x.example">x</a></p>').findings


@pytest.mark.parametrize("code", ["ar", "km"])
def test_a_stylesheet_that_asks_for_what_it_may_not_is_named(
    set_page: SetPage, tmp_path: Path, code: str
) -> None:
    sheet = tmp_path / "site.css"
    sheet.write_text("@import url('https://x.example/y.css');", encoding="utf-8")
    findings = set_page("<p>x</p>", code, site_stylesheets=(sheet,)).findings
    blocked = [one for one in findings if one.code == "resource-blocked"]
    assert [one.where for one in blocked] == ["styles/site.css"]
