"""Find templates and styles: the site's own first, then the packaged ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..core.errors import ConfigurationError
from ..core.files import PACKAGE, files_below, leaves, read_text, shown

#: Files of a theme, by the ends of their names: what a site has of them is read, or published.
_TEXTS = (".html", ".css", ".js")


def packaged(name: str) -> Path:
    """Return `templates`, `styles` or `starter`: inside a wheel's package, else beside it."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class Theme:
    """The folders that templates and styles are looked up in, first found wins."""

    templates: tuple[Path, ...]
    #: Packaged stylesheets, and folders of the site whose own take their place.
    styles: Path
    own_styles: tuple[Path, ...] = ()

    def style(self, name: str) -> Path:
        """Return the path of a stylesheet: the site's own, else the packaged one."""
        folders = (*self.own_styles, self.styles)
        return next((f / name for f in folders if (f / name).is_file()), self.styles / name)

    def stylesheets(self, edition: str, direction: str) -> tuple[Path, ...]:
        """Return the theme's stylesheets of an edition on paper, in the order of the cascade."""
        names = ("page.css", "type.css", "blocks.css", f"{direction}.css", f"{edition}.css")
        return tuple(path for path in map(self.style, names) if path.is_file())

    @property
    def site_css(self) -> tuple[Path, ...]:
        """Return the stylesheets that are read after all others: the site's, then a clinic's."""
        found = (folder / "site.css" for folder in reversed(self.own_styles))
        return tuple(path for path in found if path.is_file())


def read_theme(handouts: Path, clinic: str = "") -> Theme:
    """Return the theme of a site, or of one of its clinics, whose own files come first.

    Raises ConfigurationError for a template or a stylesheet of the site that is
    no text, or that is a link out of it.
    """
    folders = (*([handouts / "clinics" / clinic] if clinic else []), handouts)
    templates = tuple(folder / "templates" for folder in folders if (folder / "templates").is_dir())
    styles = tuple(folder / "styles" for folder in folders if (folder / "styles").is_dir())
    for folder in (*templates, *styles):
        if leaves(folder, handouts):
            raise ConfigurationError(
                shown(folder), f"leads out of {shown(handouts)}/", "put a folder there, not a link"
            )
    # Stylesheets are looked up by their name alone; templates may name others below them.
    mine = [path for folder in templates for path in sorted(files_below(folder))]
    mine += [path for folder in styles for path in sorted(folder.iterdir())]
    for path in mine:
        if path.suffix in _TEXTS:
            read_text(path, ConfigurationError, handouts)
    return Theme((*templates, packaged("templates")), packaged("styles"), styles)


def starter(name: str) -> Path:
    """Return a folder that a new site starts with: `house`, or `locales` with drafts of them."""
    inside = PACKAGE / "starter" / name
    return inside if inside.is_dir() else PACKAGE.parent / "handouts" / name
