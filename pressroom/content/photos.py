"""Read photos of a topic: JPEG or PNG -> a Figure of its dots, in sRGB, no more than are printed.

Readers of PDF differ in what they make of CMYK, 16 bits and files that are cut short, and
WeasyPrint embeds these as they are: so dots are made here that all of them show alike. What a
file tells of its camera, place and owner goes with the rest.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from PIL import Image, ImageCms, ImageFile, ImageOps

from ..core.errors import ManuscriptError
from ..core.model import Figure

#: Largest file in bytes, and most dots: judged before anything is unpacked.
LARGEST = 10 * 1024 * 1024
MOST_DOTS = 50_000_000
#: The widest that a photo is printed, and the highest, in millimetres.
WIDEST_MM, HIGHEST_MM = 157.0, 110.0
#: Dots per inch: the most that a printer shows, and the fewest that look sharp. With fewer than
#: the latter a photo is printed smaller, down to NARROWEST_MM.
MOST_DPI, LEAST_DPI = 300, 200
NARROWEST_MM = 30.0
_MM = 25.4
_SAVE = "save it as JPEG or PNG"


@lru_cache(maxsize=64)
def read_photo(data: bytes, name: str) -> Figure:
    """Return a photo as it is printed. Raises ManuscriptError at the file for what is none."""
    if len(data) > LARGEST:
        raise ManuscriptError(name, f"is {len(data)} bytes long", f"the most is {LARGEST}")
    try:
        image: Any = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ManuscriptError(name, "is no JPEG and no PNG", _SAVE) from None
    width, height = image.size
    if width * height > MOST_DOTS:
        raise ManuscriptError(
            name, f"has {width} by {height} dots", f"the most is {MOST_DOTS // 1_000_000} million"
        )
    # WeasyPrint, where it is loaded, lets Pillow read what is cut short.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        image.load()
        turned = ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, EOFError):
        raise ManuscriptError(name, "is cut short, or damaged", "copy it again") from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    dots = _as_srgb(turned, name)
    width, height = dots.size
    wide = min(WIDEST_MM, width / LEAST_DPI * _MM, HIGHEST_MM * width / height)
    if wide < NARROWEST_MM:
        least = -(-NARROWEST_MM * LEAST_DPI // _MM)
        raise ManuscriptError(
            name, f"has {width} by {height} dots, too few to be sharp",
            f"ask for the original: {least:.0f} in width or more, and no narrow strip",
        )  # fmt: skip
    most = round(wide / _MM * MOST_DPI)
    if width > most:
        dots = dots.resize((most, round(height * most / width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if image.format == "JPEG":
        dots.save(out, "JPEG", quality=85)
    else:
        dots.save(out, "PNG", optimize=True)
    width, height = dots.size
    return Figure(out.getvalue(), float(width), float(height), most_mm=round(wide, 1))


def _as_srgb(image: Any, name: str) -> Any:
    """Return dots of 8 bits, grey or in sRGB, on white where they are transparent."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda dot: dot / 257).convert("L")
    if image.mode == "CMYK" and not profile:
        raise ManuscriptError(name, "is CMYK, without a profile of its colours", "save it as RGB")
    if image.mode in ("P", "PA", "LA", "RGBA"):
        whole = image.convert("RGBA")
        image = Image.new("RGB", whole.size, "white")
        image.paste(whole, mask=whole.getchannel("A"))
    elif profile and image.mode in ("RGB", "CMYK"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            what = "has a profile of its colours that cannot be read"
            raise ManuscriptError(name, what, "save it as RGB") from None
    image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    image.info.clear()
    return image
