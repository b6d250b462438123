"""Mark up a Leaflet as HTML, and find the labels in the templates; the home of Jinja2."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from html import escape
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

from ..errors import ConfigurationError
from ..files import files_below, shown
from ..model import EDITIONS, Block, Clinic, Figure, Leaflet, Locale, Message, Notice, Span, plain
from ..qr import draw_code
from ..scripts import script_code, script_of, stack
from ..theme import Theme, packaged
from .isolate import split_ltr
from .segment import segment

_TAGS = {"strong": "strong", "emphasis": "em"}

#: Longest telephone number, dose or range that is kept on one line, in characters.
LONGEST_FIGURE = 24

#: Templates that show no leaflet: for staff, translators, reviewers and authors.
_UNTRANSLATED = ("rack", "reading-copy", "starter")


@lru_cache(maxsize=16)
def environment(folders: tuple[Path, ...]) -> Environment:
    """Give the environment of a theme's templates: autoescaping, and strict on names."""
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
    """Find the labels of the leaflet's templates: what they pass through `_()`.

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
            for line, _function, text in made.extract_translations(source):  # type: ignore[attr-defined]
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


def _of_template(problem: Exception) -> bool:
    """Tell whether a template went wrong, or what it called of Jinja's; not of ours."""
    frames = [frame.filename for frame in extract_tb(problem.__traceback__)]
    engine = str(Path(__file__).parent.parent)
    ours = [n for n, name in enumerate(frames) if name.startswith(engine) and name.endswith(".py")]
    return any(name.endswith(".html") for name in frames[max(ours, default=-1) + 1 :])


def _template_error(problem: Exception, said: str = "") -> ConfigurationError:
    """Say what is wrong with a template, and whose it is: the site's own, or the packaged one."""
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


class _Inline:
    """Renders spans as HTML for one locale."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self.breaks = script_of(locale).break_words

    def text(self, text: str, direction: str) -> str:
        if direction == "rtl":
            return "".join(
                self.ltr(piece) if ltr else escape(piece) for piece, ltr in split_ltr(text)
            )
        return escape(segment(text, self.locale.code) if self.breaks else text)

    def ltr(self, text: str, lang: str = "") -> str:
        """Isolate text that runs from left to right; a figure stays on one line."""
        figure = len(text) <= LONGEST_FIGURE and any(c.isdecimal() for c in text)
        attributes = ' class="figure"' if figure else ""
        attributes += f' lang="{escape(lang)}"' if lang else ""
        return f'<span dir="ltr"{attributes}>{escape(text)}</span>'

    def __call__(self, spans: Iterable[Span], direction: str = "") -> Markup:
        direction = direction or self.locale.direction
        return Markup("".join(self.span(span, direction) for span in spans))

    def span(self, span: Span, direction: str) -> str:
        match span.kind:
            case "text":
                return self.text(span.text, direction)
            case "code":
                return f'<code dir="ltr">{escape(span.text)}</code>'
            case "break":
                return "<br>"
            case "folio":
                return f'<span class="folio-{span.text}"></span>'
            case "isolate":
                return self.ltr(plain(span.children), span.lang)
            case "link":
                plain_text = "".join(child.text for child in span.children)
                ltr = direction == "rtl" and plain_text.isascii()
                attribute = ' dir="ltr"' if ltr else ""
                inner = self(span.children, "ltr" if ltr else direction)
                return f'<a href="{escape(span.href)}"{attribute}>{inner}</a>'
            case kind:
                tag = _TAGS[kind]
                return f"<{tag}>{self(span.children, direction)}</{tag}>"


def inline_of(locale: Locale) -> Callable[[Iterable[Span]], Markup]:
    """Give what marks up inline text of a locale, in its direction."""
    return _Inline(locale)


def _data_uri(image: bytes) -> str:
    kind = "png" if image.startswith(b"\x89PNG") else "svg+xml"
    return f"data:image/{kind};base64," + base64.b64encode(image).decode("ascii")


def _labels(figure: Figure, blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    """Place a figure's labels over the drawing: shares of its width and height, in percent.

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


@contextmanager
def _template_problems() -> Iterator[None]:
    """Turn what is wrong with a template into ConfigurationErrors with its name and line."""
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


def load_templates(theme: Theme, *templates: str) -> None:
    """Compile templates ahead of their being filled; what is broken is told then."""
    for template in templates:
        with suppress(Exception):
            environment(theme.templates).get_template(template)


def _families(locale: Locale) -> Markup:
    """Name the font families of a locale's script as CSS does."""
    return Markup(", ".join(f'"{face.family}"' for face in stack(script_of(locale))))


def mark_up(
    leaflet: Leaflet, clinic: Clinic, theme: Theme, template: str = "",
    more: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """Give the HTML of a leaflet, without its stylesheets: its edition's, or another template's.

    Raises ConfigurationError, naming template and line, where a template is broken.
    """
    inline = _Inline(leaflet.locale)
    source_inline = _Inline(leaflet.source_locale)

    edition = EDITIONS[leaflet.edition]

    def words(message: Message) -> Markup:
        return inline(leaflet.words[message.anchor])

    def source_words(message: Message) -> Markup:
        return source_inline(leaflet.source_words[message.anchor])

    def notice_words(notice: Notice) -> Markup:
        own = notice.lang == leaflet.locale.code
        return (inline if own else source_inline)(notice.words, notice.direction)

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
                _=lambda text: leaflet.labels[text],
                source_label=str,
                **(more or {}),
            )
        )
