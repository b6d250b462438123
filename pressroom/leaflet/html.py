"""Mark up a Leaflet as HTML, and read the labels of the templates."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape
from io import BytesIO
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from markupsafe import Markup

from ..content.placeholders import BLANK
from ..content.theme import Theme, packaged
from ..core.directions import has_own_digits, has_rtl
from ..core.errors import ConfigurationError
from ..core.files import PACKAGE, files_below, shown
from ..core.locales import COUNTERS
from ..core.model import (
    EDITIONS,
    RANKS,
    Block,
    Clinic,
    Figure,
    Leaflet,
    Locale,
    Message,
    Notice,
    Span,
    grouped,
    plain,
)
from ..fonts.faces import width_em
from ..fonts.scripts import SIDES_MM, script_code, script_of, stack
from .bidi_isolate import isolated
from .line_breaks import APART, JOINER, LONGEST_FIGURE, with_marks
from .linked_data import linked_data
from .notices import ASKED_LABELS

_TAGS = {"strong": "strong", "emphasis": "em", "raised": "sup", "lowered": "sub"}

#: Stands for a line to write on: a picture without anything in it, whose lower border is the line.
_EMPTY = 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 4"/%3E'

#: Longest cell of a table that is kept on one line where it holds a number, in characters.
LONGEST_CELL = 12

#: Size of a heading that hangs beside the text, in rem; millimetres in a point; where a line of a
#: heading breaks, marks of `with_marks` included, and where it breaks between any two letters.
HEADING_REM, MM = 1.2, 25.4 / 72
_PARTS = re.compile(r"[\s\u200b-]+")
_LETTERS = re.compile(rf"{_PARTS.pattern}|(?<=[\u2e80-\u9fff])")

#: Padding of a notice in the side column, in millimetres.
NOTICE_MM = 3.0

#: The most that a rank has of the width of the emergency box: the other has room for its number.
MOST_OF_BOX = 0.58

#: Most texts of a block that stands beside a heading.
MOST_BESIDE = 7

#: The template of the web page.
_WEB = "leaflet-web.html"

#: Words with spaces between them at which no line breaks.
_UNBROKEN = re.compile(rf"((?:[^{APART}]+\s{JOINER})+[^{APART}]+)")

#: A space before a Bengali word, at which no line breaks.
_BENGALI = re.compile(f" {JOINER}(?=[\u0980-\u09ff])")

#: White around a QR code, in its modules (ISO/IEC 18004, 5.3.8).
QUIET_MODULES = 4

#: Templates that show no leaflet: for staff, translators, reviewers and authors.
_UNTRANSLATED = ("rack", "reading-copy", "starter")


@lru_cache(maxsize=16)
def environment(folders: tuple[Path, ...]) -> Environment:
    """Return the environment of a theme's templates: autoescaping, and strict on names."""
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: text, lambda one, many, n: one if n == 1 else many, newstyle=False
    )
    return made


def read_labels(theme: Theme) -> tuple[Message, ...]:
    """Read the labels of the leaflet's templates: what they pass through `_()`.

    Raises ConfigurationError for a template that is not Jinja, or hides a label.
    """
    made = environment(theme.templates)
    found: dict[str, Message] = {}
    names = {
        path.relative_to(folder).as_posix()
        for folder in theme.templates
        for path in files_below(folder)
        if path.suffix == ".html"
    }
    for name in sorted(n for n in names if not n.startswith(_UNTRANSLATED)):
        source, path, _ = made.loader.get_source(made, name)  # type: ignore[union-attr]
        try:
            for line, text in _labels_in(source):
                if not isinstance(text, str):
                    where = f"{shown(Path(path or name))}:{line}"
                    what = "a label has to stand in the template itself"
                    raise ConfigurationError(where, what, "write _('…') with one text in quotes")
                place = f"label in {name}"
                found.setdefault(text, Message("label", text, "", place, line, path or name))
        except TemplateSyntaxError as problem:
            problem.filename = path
            raise _template_error(problem) from None
    return tuple(found.values())


@lru_cache(maxsize=64)
def _labels_in(source: str) -> tuple[tuple[int, object], ...]:
    """Return the line of each call of `_()` in a template, and what it is given.

    Kept: a server and a watch read a site again and again, and Jinja takes its time. Raises
    TemplateSyntaxError.
    """
    found = environment(()).extract_translations(source)  # type: ignore[attr-defined]
    return tuple((line, text) for line, _function, text in found)


def _of_template(problem: Exception) -> bool:
    """Return whether a template failed, or what it called of Jinja's; not of ours."""
    frames = [frame.filename for frame in extract_tb(problem.__traceback__)]
    engine = str(PACKAGE)
    ours = [n for n, name in enumerate(frames) if name.startswith(engine) and name.endswith(".py")]
    return any(name.endswith(".html") for name in frames[max(ours, default=-1) + 1 :])


def _template_error(problem: Exception, said: str = "") -> ConfigurationError:
    """Return an error that names the template, and whether it is the site's or the packaged one."""
    name = getattr(problem, "filename", None) or ""
    line = getattr(problem, "lineno", None)
    if line is None:
        trace = problem.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.endswith((".html", ".css")):
                name, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
    if isinstance(problem, TemplateNotFound):
        said = f"there is no {problem.name}"
    what = f"the template cannot be filled: {said or problem}"
    if not name:
        return ConfigurationError("templates", what, "mend it")
    path, ours = Path(name), packaged("templates")
    if not path.is_relative_to(ours):
        return ConfigurationError(f"{shown(path)}:{line or 1}", what, "mend it")
    where = f"templates/{path.relative_to(ours).as_posix()}:{line or 1}"
    return ConfigurationError(
        where, f"{what} (it is the packaged one)", "see what the site's own templates leave out"
    )


#: What a telephone number has between its digits.
_NO_DIGIT = re.compile(r"[^\d+]")


class _Inline:
    """Renders spans of one locale as HTML: for paper, the web page, or readers of the words.

    On paper, word joiners keep a line together; the text layer leaves them out. A browser would
    copy them: the web page has elements in their place, and what is only read has none.
    """

    def __init__(
        self, locale: Locale, medium: str = "", blank: str = "", phones: Iterable[str] = ()
    ) -> None:
        self.locale, self.medium = locale, medium
        #: What a line to write on is called.
        self.blank = blank
        #: Telephone numbers that are links to call them.
        self.phones = frozenset(phones)
        self.segmented = script_of(locale).break_words

    def __call__(
        self, spans: Iterable[Span], direction: str = "", *, title: bool = False
    ) -> Markup:
        direction = direction or self.locale.direction
        if direction == "rtl":
            spans = isolated(spans)
        return Markup(self.spans(self.marked(spans, title=title), direction))

    def label(self, text: str, *, title: bool = True) -> Markup:
        """Return a label of a template as HTML; most of them are titles."""
        return Markup(self.spans(self.marked((Span("text", text),), title=title), ""))

    def marked(self, spans: Iterable[Span], *, title: bool) -> tuple[Span, ...]:
        # On the screen, `text-wrap: balance` sees to titles.
        title = title and self.medium == "paper"
        return with_marks(spans, self.locale.code, segmented=self.segmented, title=title)

    def text(self, text: str) -> str:
        if self.medium == "paper":
            # Behind a joiner, a Bengali word has not the form of its first letter (`init`).
            return escape(_BENGALI.sub("\u00a0", text))
        if self.medium == "web" and JOINER in text:
            parts = (part.replace(JOINER, "") for part in _UNBROKEN.split(text))
            return "".join(
                f'<span class="figure">{escape(part)}</span>' if number % 2 else escape(part)
                for number, part in enumerate(parts)
            )
        return escape(text.replace(JOINER, ""))

    def ltr(self, text: str) -> Markup:
        """Return text as HTML, isolated from left to right."""
        return Markup(self.isolate(text, escape(text)))

    def isolate(self, text: str, inner: str, attributes: str = "") -> str:
        """Return the HTML of a text, isolated from left to right; a figure stays on one line.

        Arabic-Indic digits would still draw what stands between them to their own side
        (UAX #9, N1), so that the groups of a number changed places: they are overridden.
        """
        own = has_own_digits(text) and not has_rtl(text)
        figure = len(text) <= LONGEST_FIGURE and any(c.isdecimal() for c in text)
        tag = "bdo" if own else "span"
        named = ' class="figure"' if figure else ""
        found = f'<{tag} dir="ltr"{named}{attributes}>{inner}</{tag}>'
        if text not in self.phones:
            return found
        return f'<a href="tel:{_NO_DIGIT.sub("", text)}">{found}</a>'

    def spans(self, spans: Iterable[Span], direction: str) -> str:
        return "".join(self.span(span, direction) for span in spans)

    def span(self, span: Span, direction: str) -> str:
        match span.kind:
            case "text":
                return self.text(span.text)
            case "code":
                return self.code(span.text)
            case "break":
                return "<br>"
            case "blank":
                return f'<img class="blank" src=\'{_EMPTY}\' alt="{escape(self.blank)}">'
            case "note":
                return f'<a class="note" href="{escape(span.href)}">{escape(span.text)}</a>'
            case "folio":
                return f'<span class="folio-{span.text}"></span>'
            case "isolate":
                attributes = f' lang="{escape(span.lang)}"' if span.lang else ""
                inner = self.spans(span.children, "isolated")
                return self.isolate(plain(span.children), inner, attributes)
            case "link":
                shown = plain(span.children)
                ltr = direction == "rtl" and not has_rtl(shown)
                # A link in a link is none: its numbers are plain.
                within = _Inline(self.locale, self.medium, self.blank) if self.phones else self
                inner = within.spans(span.children, "ltr" if ltr else direction)
                if ltr and has_own_digits(shown):
                    inner = self.isolate(shown, inner)
                attribute = ' dir="ltr"' if ltr else ""
                return f'<a href="{escape(span.href)}"{attribute}>{inner}</a>'
            case kind:
                tag = _TAGS[kind]
                return f"<{tag}>{self.spans(span.children, direction)}</{tag}>"

    def code(self, text: str) -> str:
        """Return code as HTML, from left to right unless it has letters of the other direction."""
        if has_rtl(text):
            return f"<code>{self((Span('text', text),))}</code>"
        inner = self.isolate(text, escape(text)) if has_own_digits(text) else escape(text)
        return f'<code dir="ltr">{inner}</code>'


def inline_of(locale: Locale) -> Callable[[Iterable[Span]], Markup]:
    """Return a function that marks up inline text of a locale, in its direction, to be read."""
    return _Inline(locale)


@lru_cache(maxsize=1024)
def draw_code(text: str) -> bytes:
    """Return a QR code as SVG: black on white, at error level M, with its quiet zone."""
    import segno  # Few sites have codes.

    drawing = BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(
        drawing, kind="svg", border=QUIET_MODULES, light="#fff",
        xmldecl=False, nl=False, omitsize=True, svgclass=None, lineclass=None,
    )  # fmt: skip
    return drawing.getvalue()


def _data_uri(image: bytes) -> str:
    kinds = {b"\x89P": "png", b"\xff\xd8": "jpeg"}
    kind = kinds.get(image[:2], "svg+xml")
    return f"data:image/{kind};base64," + base64.b64encode(image).decode("ascii")


def _labels(figure: Figure, blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    """Return a figure's labels with their places over it, in percent of its width and height.

    A label may reach beyond the drawing by `--label-room`, which is negative.
    """
    beyond = "var(--label-room,0%)"
    placed = []
    for (x, y, anchor), block in zip(figure.labels, blocks, strict=True):
        left, right = x / figure.width * 100, (figure.width - x) / figure.width * 100
        if anchor == "end":
            style = f"right:{right + 1:.2f}%;left:{beyond};text-align:right"
        elif anchor == "middle":
            half = min(left, right)
            style = f"left:{left - half:.2f}%;width:{2 * half:.2f}%;text-align:center"
        else:
            style = f"left:{left + 1:.2f}%;right:{beyond};text-align:left"
        placed.append({"block": block, "style": f"{style};top:{y / figure.height * 100:.2f}%"})
    return placed


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading of the first level with what follows it, or what stands before the first one."""

    heading: Block | None
    #: What stands beside the heading.
    first: tuple[Block, ...] = ()
    rest: tuple[Block, ...] = ()
    #: Whether a word of the heading is too long for the side column.
    long: bool = False
    #: The therapy that opens a section without a heading: its warning has the whole width.
    therapy: Block | None = None


def _flat(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks, and those of snippets in their place."""
    for block in blocks:
        if block.kind == "container" and block.name == "include":
            yield from _flat(block.children)
        else:
            yield block


def _sections(is_long: Callable[[Message], bool], blocks: Iterable[Block]) -> list[_Section]:
    """Return the sections of a text.

    A block that is long, or holds headings, does not stand beside the heading: the two are a row
    that no page parts.
    """
    groups: list[tuple[Block | None, list[Block]]] = [(None, [])]
    for block in _flat(blocks):
        if block.kind == "heading" and block.number == 2:
            groups.append((block, []))
        else:
            groups[-1][1].append(block)
    found = []
    for heading, inner in groups:
        if heading is not None:
            count = int(bool(inner) and _stands_beside(inner[0]))
            first, rest = tuple(inner[:count]), tuple(inner[count:])
            long = heading.message is not None and is_long(heading.message)
            found.append(_Section(heading, first, rest, long))
        elif inner and (inner[0].kind, inner[0].name) == ("container", "unapproved-therapy"):
            found.append(_Section(None, rest=tuple(inner[1:]), therapy=inner[0]))
        elif inner:
            found.append(_Section(None, rest=tuple(inner)))
    return found


def _stands_beside(block: Block) -> bool:
    """Return whether a block may stand beside its heading, on one page with it."""
    if block.kind in ("table", "definitions", "heading", "notes"):
        return False
    return sum(1 for inner in block.walk() if inner.message) <= MOST_BESIDE


@contextmanager
def _template_problems() -> Iterator[None]:
    """Raise what fails in a template as ConfigurationError with its name and line."""
    try:
        yield
    except KeyError as problem:
        raise _template_error(problem, f"no catalogue has {problem}") from None
    except TemplateError as problem:
        raise _template_error(problem) from None
    except Exception as problem:
        # A template is a program: what it stumbles over is told with its line.
        if not _of_template(problem):
            raise
        raise _template_error(problem) from None


def fill_template(theme: Theme, template: str, **values: Any) -> str:
    """Fill a template that shows no leaflet.

    Raises ConfigurationError, naming template and line, where it is broken.
    """
    with _template_problems():
        return environment(theme.templates).get_template(template).render(**values)


def _families(locale: Locale) -> Markup:
    """Return the font families of a locale's script as CSS names them."""
    return Markup(", ".join(f'"{face.family}"' for face in stack(script_of(locale))))


def mark_up(
    leaflet: Leaflet, clinic: Clinic, theme: Theme, template: str = "",
    more: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Return the HTML of a leaflet, without its stylesheets: its edition's, or another template's.

    Raises ConfigurationError, naming template and line, where a template is broken.
    """
    medium = "web" if template == _WEB else "paper"
    blank = ASKED_LABELS[BLANK]
    numbers = (clinic.phone, clinic.emergency_number, clinic.urgent_number)
    phones = numbers if medium == "web" else ()
    inline = _Inline(leaflet.locale, medium, leaflet.labels.get(blank, ""), phones)
    source_inline = _Inline(leaflet.source_locale, medium, blank, phones)

    edition = EDITIONS[leaflet.edition]

    # A heading that hangs in a narrow column is no line of its own.
    hanging = edition.name == "standard"
    titles = {leaflet.topic.title.anchor} if hanging else leaflet.topic.titles

    def words(message: Message) -> Markup:
        return inline(leaflet.words[message.anchor], title=message.anchor in titles)

    def share_of(rank: Block, ranks: Iterable[Block]) -> float:
        """Return the share of its words in those of all ranks, as far as a number has room."""
        own, all_of_them = length_of([rank]), length_of(ranks)
        return round(min(max(own / max(1, all_of_them), 1 - MOST_OF_BOX), MOST_OF_BOX), 3)

    def length_of(blocks: Iterable[Block]) -> int:
        shown = (inner.message for block in blocks for inner in block.walk())
        return sum(len(plain(leaflet.words[message.anchor])) for message in shown if message)

    def is_long(text: Markup, rem: float = HEADING_REM, padding_mm: float = 0.0) -> bool:
        """Return whether a text has a word that is wider than the side column may be."""
        script, least = script_of(leaflet.locale), min(SIDES_MM)[0]
        room = min(
            (width - padding_mm) / (rem * size * MM)
            for width, size in (
                (least, edition.floor_pt), (script.side_mm[0], edition.ceiling_pt)
            )
        )  # fmt: skip
        family = stack(script)[0].family
        parts = (_PARTS if script.keep_all else _LETTERS).split(text.striptags())
        return any(width_em(word, family) > room for word in parts)

    def is_short(message: Message) -> bool:
        """Return whether a cell is a short number, which stands on one line."""
        text = plain(leaflet.words[message.anchor])
        return len(text) <= LONGEST_CELL and any(character.isdecimal() for character in text)

    def source_words(message: Message) -> Markup:
        title = message.anchor in titles
        return source_inline(leaflet.source_words[message.anchor], title=title)

    def notice_words(notice: Notice) -> Markup:
        own = notice.lang == leaflet.locale.code
        return (inline if own else source_inline)(notice.words, notice.direction)

    # Those of the ranks stand in the emergency box.
    first_notices = [
        notice
        for notice in leaflet.notices
        if notice.rule.placement == "first-page" and notice.rule.id not in RANKS.values()
    ]
    goes_beside = not any(is_long(notice_words(n), 1.0, NOTICE_MM) for n in first_notices)
    with _template_problems():
        return (
            environment(theme.templates)
            .get_template(template or edition.template)
            .render(
                leaflet=leaflet,
                edition=edition,
                topic=leaflet.topic,
                locale=leaflet.locale,
                source_locale=leaflet.source_locale,
                clinic=clinic,
                script=script_of(leaflet.locale),
                script_code=script_code(leaflet.locale),
                families=_families,
                words=words,
                source_words=source_words,
                inline=inline,
                notice_words=notice_words,
                data_uri=_data_uri,
                draw_code=draw_code,
                labels_of=_labels,
                sections_of=partial(_sections, lambda message: is_long(words(message))),
                is_long=is_long,
                goes_beside=goes_beside,
                first_notices=first_notices,
                grouped=grouped,
                linked_data=partial(linked_data, leaflet, clinic),
                plain=plain,
                is_short=is_short,
                share_of=share_of,
                box_labels=ASKED_LABELS,
                counter=COUNTERS[leaflet.locale.numbering],
                _=lambda text: inline.label(leaflet.labels[text], title=not hanging),
                source_label=source_inline.label,
                **(more or {}),
            )
        )
