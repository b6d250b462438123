"""A page is set in the pinned fonts, and in no others."""

from __future__ import annotations

import io
import subprocess
import sys

import pypdf

from pressroom.fonts import files
from tests.support import ROOT

from .conftest import SetPage


def test_a_page_embeds_pinned_fonts_even_where_it_asks_for_others(set_page: SetPage) -> None:
    body = '<p style="font-family: DejaVu Sans, Liberation Serif, serif">Hello ❤ ☐ → 你好</p>'
    proof = set_page(body)
    reader = pypdf.PdfReader(io.BytesIO(proof.pdf))
    found = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for font in reader.pages[0]["/Resources"]["/Font"].values()
    }
    assert found
    assert all(name.startswith("Noto") for name in found), found


def test_the_configuration_is_set_before_weasyprint_is_imported() -> None:
    script = (
        "import sys, os\n"
        "import pressroom.typeset.typesetter as t\n"
        "assert 'weasyprint' not in sys.modules\n"
        "t.Typesetter()\n"
        "assert 'weasyprint' in sys.modules\n"
        "print(os.environ['FONTCONFIG_FILE'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(files.isolate_fonts())
    assert done.stderr == ""
