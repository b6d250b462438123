"""Where templates and styles lie: the site's own first, then the packaged ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import ConfigurationError
from .files import read_text

_PACKAGE = Path(__file__).resolve().parent


def packaged(name: str) -> Path:
    """Find `templates`, `styles` or `starter`: in the wheel inside the package, else beside it."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class Theme:
    """The folders that templates and styles are looked up in, first found wins."""

    templates: tuple[Path, ...]
    styles: Path
    #: The site's own stylesheet, read after all others; None where there is none.
    site_css: Path | None

    def stylesheets(self, edition: str, direction: str) -> tuple[Path, ...]:
        """Give the theme's stylesheets of an edition on paper, in the order of the cascade."""
        names = ("page.css", "type.css", "blocks.css", f"{direction}.css", f"{edition}.css")
        return tuple(self.styles / name for name in names if (self.styles / name).is_file())


def read_theme(handouts: Path) -> Theme:
    """Find the theme of a site.

    Raises ConfigurationError for a template or a stylesheet of the site that is
    no text, or that is a link out of it.
    """
    own = handouts / "templates"
    site_css = handouts / "styles" / "site.css"
    theme = Theme(
        (own, packaged("templates")) if own.is_dir() else (packaged("templates"),),
        packaged("styles"),
        site_css if site_css.exists() or site_css.is_symlink() else None,
    )
    for path in (*sorted(own.rglob("*.html")), *filter(None, [theme.site_css])):
        read_text(path, ConfigurationError, handouts)
    return theme


def starter_house() -> Path:
    """Find the house words that a new site starts with."""
    inside = _PACKAGE / "starter" / "house"
    return inside if inside.is_dir() else _PACKAGE.parent / "handouts" / "house"
