"""Leaflet -> HTML: what is written is what is shown, and nothing in it runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.theme import read_theme
from pressroom.core.errors import ConfigurationError
from pressroom.core.locales import read_locale
from pressroom.core.model import Leaflet, Span, plain
from pressroom.leaflet.html import _Inline, mark_up, read_labels
from tests.support import TODAY, TOPIC, Site, unmarked


def leaflet_of(site: Site, code: str = "en", name: str = "sore-throat") -> Leaflet:
    words = site.words(TODAY)
    translation = words.translation(words.topics[name], code, words.locale_words(code))
    assert translation.leaflet is not None, translation.findings
    return translation.leaflet


def html_of(site: Site, code: str = "en", template: str = "leaflet.html") -> str:
    leaflet = leaflet_of(site, code)
    clinic = site.words(TODAY).site.clinic
    more = {
        "style": "",
        "pdf": "",
        "all_languages": "",
        "overdue": "",
        "interface": read_locale("en"),
    }
    return mark_up(leaflet, clinic, read_theme(site.handouts), template, more)


#: The one script of a web page: it shows that its day is past.
OWN_SCRIPT = {"src": "../rack/rack-review.js"}


class Tree(HTMLParser):
    """Collects elements by id, all elements, and what stands outside of them."""

    VOID = frozenset({"meta", "img", "br", "link", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: dict[str, dict[str, str | None]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[tuple[str, str | None]] = []
        self.texts: dict[str, str] = {}
        self.feed(html)
        self.close()
        assert not self.stack, "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        id_ = attributes.get("id")
        if id_:
            assert id_ not in self.ids, f"the id {id_} stands twice"
            self.ids[id_] = attributes
            self.texts[id_] = ""
        if tag not in self.VOID:
            self.stack.append((tag, id_))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _tag, id_ in self.stack:
            if id_:
                self.texts[id_] += data


LOCALES = ["en", "es", "ar", "hi", "km"]


@pytest.mark.parametrize("template", ["leaflet.html", "leaflet-web.html"])
@pytest.mark.parametrize("code", LOCALES)
def test_every_message_and_disclaimer_stands_once_by_its_id(
    site: Callable[..., Site], code: str, template: str
) -> None:
    made = site(LOCALES)
    leaflet = leaflet_of(made, code)
    tree = Tree(html_of(made, code, template))
    filled_in = ("msg-front-matter-4", "msg-front-matter-5")  # inside `funding`
    for anchor, spans in leaflet.words.items():
        if anchor not in filled_in:
            shown = unmarked(tree.texts[anchor])
            assert " ".join(shown.split()) == " ".join(plain(spans).split())
    on_screen = [
        n for n in leaflet.notices if template == "leaflet.html" or n.id != "dates-version"
    ]
    for notice in on_screen:
        shown = unmarked(tree.texts[notice.anchor])
        assert " ".join(shown.split()) == " ".join(plain(notice.words).split())
    ((_, root),) = [found for found in tree.tags if found[0] == "html"]
    assert root == {"lang": code, "dir": leaflet.locale.direction}


def test_headings_are_never_skipped(site: Callable[..., Site]) -> None:
    made = site(("en",))
    levels = [int(tag[1]) for tag, _ in Tree(html_of(made)).tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("code", ["en", "ar"])
def test_html_of_a_small_leaflet(
    site: Callable[..., Site], golden: Callable[[str, str], None], code: str
) -> None:
    """Read the difference, and look at the page, before `--update-goldens`."""
    golden(f"sore-throat.{code}.html", html_of(site(("en", "ar")), code))


# What is typed is text

HOSTILE = [
    "{{ 7*7 }}", "{% raw %}", "{# x #}", "<script>alert(1)</script>", "&amp; &lt; &",
    "<img src=x onerror=y>", "</p><style>*{}</style>", "\"><b>'", "]]>", "<!--",
    "&#x3c;script&#x3e;", "${7*7}", "%s %(x)s", "{0.__class__}", "\\{phone}",
]  # fmt: skip


def _as_text(hostile: str) -> str:
    """Type what is markup elsewhere as text: without the backslash, it is refused."""
    return re.sub(r"([<{])", r"\\\1", hostile)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_typed_is_text(site: Callable[..., Site], hostile: str) -> None:
    typed = _as_text(hostile)
    made = site(("en",), {"sore-throat": TOPIC.replace("Rest for 2 days.", f"Rest {typed} now.")})
    leaflet = leaflet_of(made)
    wanted = plain(leaflet.words["msg-care-3"])
    for template in ("leaflet.html", "leaflet-web.html"):
        html = html_of(made, template=template)
        tree = Tree(html)
        assert tree.texts["msg-care-3"] == wanted
        assert {tag for tag, found in tree.tags if found != OWN_SCRIPT}.isdisjoint(
            {"script", "iframe", "object", "b"}
        )
        assert "49" not in tree.texts["msg-care-3"]
        assert not any(name.startswith("on") for _, found in tree.tags for name in found)


@pytest.mark.parametrize("hostile", ["{{ 7*7 }}", "<script>x</script>", "A & B \"C\" 'D'"])
def test_the_clinic_and_the_front_matter_are_text_too(
    site: Callable[..., Site], hostile: str
) -> None:
    in_toml = hostile.replace('"', '\\"')
    in_yaml = _as_text(hostile).replace("'", "''")
    made = site(
        ("en",),
        {"sore-throat": TOPIC.replace("title: Sore throat", f"title: '{in_yaml}'")},
        {'name = "Test Street Clinic"': f'name = "{in_toml}"'},
    )
    html = html_of(made)
    tree = Tree(html)
    title = plain(leaflet_of(made).words["msg-front-matter-1"])
    assert unmarked(tree.texts["msg-front-matter-1"]) == title
    author = next(found for tag, found in tree.tags if tag == "meta" and "name" in found)
    assert author["content"] == hostile
    assert "script" not in {tag for tag, _ in tree.tags}


@given(st.text(max_size=60), st.sampled_from(["en", "ar", "he", "km", "ur"]))
def test_any_text_comes_back_from_its_html(text: str, code: str) -> None:
    html = _Inline(read_locale(code))((Span("text", text),))
    assert unmarked(unescape(re.sub(r"<[^>]*>", "", html))) == unescape(
        unmarked(text).replace("&", "&amp;")
    )
    assert set(re.findall(r"<([^>]*)>", html)) <= {
        'span dir="ltr"', 'span dir="ltr" class="figure"', "/span"
    }  # fmt: skip


def test_spans_become_elements() -> None:
    inline = _Inline(read_locale("ar"))
    text = Span("text", "ا")
    phone, english = Span("text", "020 1"), Span("text", "A & B")
    for span, html in [
        (Span("strong", children=(text,)), "<strong>ا</strong>"),
        (Span("emphasis", children=(text,)), "<em>ا</em>"),
        (Span("code", "x<y"), '<code dir="ltr">x&lt;y</code>'),
        (Span("break"), "<br>"),
        (Span("folio", "n"), '<span class="folio-n"></span>'),
        (Span("isolate", children=(phone,)), '<span dir="ltr" class="figure">020 1</span>'),
        (Span("isolate", children=(english,), lang="en"),
         '<span dir="ltr" lang="en">A &amp; B</span>'),
        (Span("link", children=(text,), href='https://x.example/?a=1&b="'),
         '<a href="https://x.example/?a=1&amp;b=&quot;">ا</a>'),
        (Span("link", children=(Span("text", "x.example/a"),), href="https://x.example"),
         '<a href="https://x.example" dir="ltr">x.example/a</a>'),
    ]:  # fmt: skip
        assert str(inline((span,))) == html


def test_a_long_run_may_break_and_a_figure_may_not() -> None:
    inline = _Inline(read_locale("ar"))
    assert 'class="figure"' in inline.ltr("020 910 0142")
    assert "class" not in inline.ltr("FDA consumer article of 3 June 2021 and more")
    assert "class" not in inline.ltr("anti-TNF")


# Templates of the site


def test_a_site_may_replace_a_template(site: Callable[..., Site]) -> None:
    made = site(("en",))
    made.write("templates/leaflet.html", "<p>{{ _('Your notes') }} {{ clinic.name }}</p>")
    assert html_of(made) == "<p>Your notes Test Street Clinic</p>"


def test_a_template_may_bring_a_label_of_its_own(site: Callable[..., Site]) -> None:
    made = site(("en", "es"))
    made.write("templates/blocks.html", "{{ _('Brand new') }}")
    labels = read_labels(read_theme(made.handouts))
    assert "Brand new" in {message.text for message in labels}
    words = made.words(TODAY)
    translation = words.translation(words.topics["sore-throat"], "es", words.locale_words("es"))
    assert translation.leaflet is None  # its label is not translated


FILLED = "the template cannot be filled: "


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("a\n{% if %}", 2, FILLED),
        ("a\nb\n{{ nobody }}", 3, f"{FILLED}'nobody' is undefined"),
        ("{{ topic.nothing }}", 1, FILLED),
        ("\n{% set say = _ %}{{ say('New') }}", 2, f"{FILLED}no catalogue has 'New'"),
        ("\n{{ _(clinic.name) }}", 2, "a label has to stand in the template itself; write _('…')"),
        ("{{ ngettext('page', 'pages', 2) }}", 1, "a label has to stand in the template itself"),
        ("{% include 'none.html' %}", 1, f"{FILLED}there is no none.html"),
    ],
)
def test_a_broken_template_is_named_with_its_line(
    site: Callable[..., Site], template: str, line: int, said: str
) -> None:
    made = site(("en",))
    made.write("templates/leaflet.html", template)
    with pytest.raises(ConfigurationError) as caught:
        html_of(made)
    assert str(caught.value).startswith(f"handouts/templates/leaflet.html:{line}: {said}")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_a_packaged_template_that_lacks_what_the_site_left_out_is_named_as_such(
    site: Callable[..., Site], locale: str
) -> None:
    made = site(("en", locale))
    made.write("templates/blocks.html", "{# Nothing. #}")
    with pytest.raises(ConfigurationError) as caught:
        html_of(made, locale)
    said = str(caught.value)
    assert re.match(r"templates/leaflet\.html:\d+: the template cannot be filled: ", said)
    assert said.endswith("(it is the packaged one); see what the site's own templates leave out")


def test_of_two_templates_of_one_name_the_clinics_is_told_from_the_sites(
    site: Callable[..., Site],
) -> None:
    made = site(("en",))
    made.write("clinics/north.toml", 'name = "North"\n')
    made.write("templates/leaflet.html", "{{ _('Your notes') }}")
    made.write("clinics/north/templates/leaflet.html", "{% if %}")
    with pytest.raises(
        ConfigurationError, match=r"^handouts/clinics/north/templates/leaflet\.html"
    ):
        read_labels(read_theme(made.handouts, "north"))
