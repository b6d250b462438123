"""A drawing gives its labels away, and holds nothing but shapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pressroom.content.images import read_figure
from pressroom.core.errors import ManuscriptError

from ..support import SHIPPED

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="10 20 100 50">{}</svg>'


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures").mkdir()


def read(svg: str) -> tuple[object, list[str]]:
    Path("figures/x.svg").write_text(svg, encoding="utf-8")
    return read_figure(Path(), "figures/x.svg", "topic.md:7")


def refused(svg: str) -> str:
    with pytest.raises(ManuscriptError) as caught:
        read(svg)
    return str(caught.value)


def test_labels_leave_the_drawing() -> None:
    figure, texts = read_figure(
        SHIPPED / "topics" / "ankylosing-spondylitis", "figures/spine.svg", "topic.md:1"
    )
    assert texts == ["Spine", "Sacroiliac joint", "Pelvis", "Hip joint"]
    assert [anchor for _x, _y, anchor in figure.labels] == ["start", "start", "end", "end"]
    assert all(0 < x < figure.width and 0 < y < figure.height for x, y, _ in figure.labels)
    assert b"<text" not in figure.image
    assert b"Spine" not in figure.image


def test_positions_are_counted_from_the_view_box() -> None:
    svg = SVG.format(
        '<g><text x="15" y="30"> Two <tspan>words</tspan></text></g><text x="1" y="2"/>'
    )
    figure, texts = read(svg)
    assert texts == ["Two words"]
    assert figure.labels == ((5.0, 10.0, "start"),)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<script>x</script>", "a drawing does not hold <script>"),
        ("<image/>", "a drawing does not hold <image>"),
        ("<use/>", "a drawing does not hold <use>"),
        ("<foreignObject/>", "a drawing does not hold <foreignObject>"),
        ("<style>*{}</style>", "a drawing does not hold <style>"),
        ("<a/>", "a drawing does not hold <a>"),
        ('<rect onload="x()"/>', "a drawing has no attribute onload='x()'"),
        ('<rect style="fill:red"/>', "a drawing has no attribute style="),
        ('<rect href="x"/>', "a drawing has no attribute href="),
        ('<rect xmlns:l="http://www.w3.org/1999/xlink" l:href="x"/>', "has no attribute href="),
        ('<rect fill="url(http://x.example/)"/>', "has no attribute fill='url(http"),
        ('<x:rect xmlns:x="urn:x"/>', "a drawing does not hold <{urn:x}rect>"),
        ('<text x="1em" y="2">Label</text>', "the label 'Label' has no plain x and y"),
        ('<text x="1" y="nan">Label</text>', "the label 'Label' has no plain x and y"),
    ],
)
def test_refuses_what_loads_runs_or_styles(inside: str, expected: str) -> None:
    message = refused(SVG.format(inside))
    assert expected in message
    assert message.startswith("figures/x.svg: ")


def test_a_gradient_of_the_drawing_itself_is_fine() -> None:
    figure, _ = read(
        SVG.format('<defs><linearGradient id="g"/></defs><rect fill="url(#g)" width="1"/>')
    )
    assert b"url(#g)" in figure.image


@pytest.mark.parametrize(
    ("svg", "expected"),
    [
        ("<svg", "figures/x.svg:1: this is not XML"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "declares no DOCTYPE or entities"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "the drawing has no viewBox"),
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 5"/>',
            "the drawing has no viewBox",
        ),
        ('<svg viewBox="0 0 5 5"/>', "the drawing has no viewBox"),
        (SVG.format("<rect/>" * 2001), "the drawing has more than 2000 elements"),
    ],
)
def test_refuses_what_is_no_drawing(svg: str, expected: str) -> None:
    assert expected in refused(svg)


@pytest.mark.parametrize("view_box", ["1.2.3 0 5 5", "a b c d", "- - - -", "0 0 1e999 5"])
def test_a_view_box_of_no_numbers_is_refused(view_box: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}"/>'
    assert "the drawing has no viewBox" in refused(svg)


def test_a_symbolic_link_does_not_leave_the_folder(tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.svg"
    outside.write_text(SVG.format(""), encoding="utf-8")
    Path("figures/link.svg").symlink_to(outside)
    with pytest.raises(ManuscriptError, match=r"topic\.md:7: 'figures/link\.svg' is not a picture"):
        read_figure(Path(), "figures/link.svg", "topic.md:7")
