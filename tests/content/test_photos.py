"""Photos of a topic: what is printed is what was taken, whatever made the file."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageCms

from pressroom.content.photos import read_photo
from pressroom.core.errors import ManuscriptError
from tests.conftest import Outcome
from tests.support import Site


def saved(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def half(mode: str = "RGB", size: tuple[int, int] = (900, 600), dark: Any = 0) -> Image.Image:
    """Return a picture whose left half is white, or the most there is."""
    white = {"RGB": (255, 255, 255), "L": 255, "CMYK": (0, 0, 0, 0)}.get(mode, 65535)
    image = Image.new(mode, size, dark)
    image.paste(white, (0, 0, size[0] // 2, size[1]))
    return image


def dots(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(read_photo(data, "figures/a.jpg").image))
    image.load()
    return image


def test_a_photo_is_turned_as_the_camera_says_and_tells_nothing_of_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter to the right
    exif[0x010F] = "Camera of Ann"
    data = saved(half(), exif=exif, comment=b"Ann's garden")
    figure = read_photo(data, "a.jpg")
    assert (figure.width, figure.height) == (600, 900)
    assert b"Ann" not in figure.image
    upper = dots(data).convert("L").getpixel((300, 100))
    assert upper == 255


@pytest.mark.parametrize("profile", [False, True])
def test_transparent_dots_are_white_and_16_bits_are_8(profile: bool) -> None:
    assert (
        dots(saved(Image.new("RGBA", (900, 600), (0, 0, 0, 0)), "PNG")).getpixel((1, 1))
        == (255,) * 3
    )
    grey = dots(saved(half("I;16"), "PNG"))
    assert (grey.mode, grey.getpixel((1, 1)), grey.getpixel((899, 1))) == ("L", 255, 0)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() if profile else b""
    red = dots(saved(Image.new("RGB", (900, 600), (250, 0, 0)), icc_profile=icc))
    assert red.mode == "RGB"
    assert red.info.get("icc_profile") is None


def test_it_has_the_dots_that_are_printed_and_is_as_wide_as_it_is_sharp() -> None:
    large = read_photo(saved(half(size=(6000, 3000))), "a.jpg")
    assert (large.most_mm, large.width) == (157.0, 1854)  # 157 mm at 300 dpi
    small = read_photo(saved(half(size=(400, 300))), "a.jpg")
    assert (small.most_mm, small.width) == (50.8, 400)  # 400 dots at 200 dpi
    assert read_photo(saved(half(size=(2000, 4000))), "a.jpg").most_mm == 55.0  # 110 mm high


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (saved(half())[:-900], "is cut short, or damaged; copy it again"),
        (saved(half(), "PNG")[:-900], "is cut short, or damaged; copy it again"),
        (saved(half("CMYK", dark=(0, 255, 0, 0))), "is CMYK, without a profile of its colours"),
        (saved(half(), "GIF"), "is no JPEG and no PNG; save it as JPEG or PNG"),
        (saved(half(size=(200, 150))), "too few to be sharp; ask for the original: 237"),
        (saved(half("L", (8000, 7000)), "PNG"), "has 8000 by 7000 dots; the most is 50 million"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 11_000_000, "the most is 10485760"),
        (b"<svg/>", "is no JPEG and no PNG"),
    ],
)  # fmt: skip
def test_what_would_not_print_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ManuscriptError) as refused:
        read_photo(data, "figures/a.jpg")
    assert str(refused.value).startswith("figures/a.jpg: ")
    assert said in str(refused.value)


def test_photos_stand_in_a_column_and_in_a_step(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    """On paper, in the web page and with their descriptions, in two directions."""
    here = site(("en", "ar"))
    folder = here.handouts / "topics/sore-throat/figures"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(saved(half()))
    (folder / "b.png").write_bytes(saved(half("L"), "PNG"))
    here.edit(
        "topics/sore-throat/topic.md", "- Rest for 2 days.",
        "![A bed](figures/a.jpg)\n\n1. Rest for 2 days.\n\n   ![A cup](figures/b.png)\n",
    )  # fmt: skip
    po = here.handouts / "locales/ar/sore-throat.po"
    more = "".join(
        f'\nmsgctxt "care"\nmsgid "{text}"\nmsgstr "{said}"\n'
        for text, said in (("A bed", "سرير"), ("A cup", "كوب"))
    )
    po.write_text(po.read_text("utf-8") + more, "utf-8")
    done = run("build")
    assert "2 built" in done.out, done.err
    web = (here.folder / "dist/ar/sore-throat.html").read_text("utf-8")
    assert 'alt="سرير"' in web
    assert "data:image/jpeg" in web
    assert "data:image/png" in web
