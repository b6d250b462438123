"""The nouns: what the stages hand to each other, all frozen, none reading a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

SpanKind = Literal["text", "strong", "emphasis", "code", "link", "break", "isolate", "folio"]


@dataclass(frozen=True, slots=True)
class Edition:
    """How one edition of a leaflet is set. What it looks like stands in `styles/<name>.css`."""

    name: str
    #: Type sizes in points: the floor, below which type is never set, and the ceiling, up to
    #: which it grows where there is room. 12 and 14: UKAAF G003; 18: large print.
    floor_pt: float
    ceiling_pt: float
    template: str = "leaflet.html"
    #: Pages on one sheet of paper: type grows until they are filled.
    pages_a_sheet: int = 2
    #: Set on halves of the clinic's paper, which are imposed side by side.
    halved: bool = False
    #: A page holds so little that the notice which has to stand on the first one comes before
    #: the urgent box, so that the box may go on overleaf.
    short_pages: bool = False
    #: Factor of the type in the foot of the page.
    foot_type: float = 1.0


#: The editions that there are, in the order in which they are offered.
EDITIONS: Mapping[str, Edition] = {
    edition.name: edition
    for edition in (
        Edition("standard", 12.0, 14.0),
        Edition("large-print", 18.0, 20.0, short_pages=True, foot_type=4 / 3),
        Edition("bilingual", 12.0, 13.0, template="leaflet-bilingual.html", short_pages=True),
        Edition("booklet", 12.0, 14.0, pages_a_sheet=4, halved=True, short_pages=True),
    )
}


@dataclass(frozen=True, slots=True)
class Span:
    """A run of inline text, or a wrapper around such runs.

    `text` is set where `kind` is `text` or `code`; a `folio` stands for the
    number of the page (`n`) or of all pages (`N`); all other kinds wrap
    `children`. An isolate runs from left to right whatever stands around it.
    `href` belongs to a link, `lang` (BCP 47) to an isolate.
    """

    kind: SpanKind
    text: str = ""
    children: tuple[Span, ...] = ()
    href: str = ""
    lang: str = ""


def plain(spans: tuple[Span, ...], folios: Mapping[str, str] | None = None) -> str:
    """Give the words of inline text without their markup.

    `folios` maps `n` and `N` to the page numbers that stand for them.
    """
    parts = []
    for span in spans:
        if span.kind == "folio":
            parts.append((folios or {}).get(span.text, ""))
        elif span.kind == "break":
            parts.append("\n")
        else:
            parts.append(span.text or plain(span.children, folios))
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Message:
    """One translatable text: the inline Markdown of one block."""

    #: Id of the section it stands in (`symptoms`); the `msgctxt`.
    context: str
    #: Source text, inline Markdown on one line; the `msgid`.
    text: str
    #: Element id in HTML and PDF: `msg-<section>-<n>`.
    anchor: str
    #: Where it stands, for the translator: `list item 3 of 5 under "…"`.
    place: str
    #: Line in the file it comes from, counted from 1.
    line: int
    path: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What finds the message in a catalogue: its context and its text."""
        return (self.context, self.text)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a topic. Its words are a message; its children are blocks.

    `kind` is one of `heading`, `paragraph`, `list`, `item`, `container`,
    `quote`, `notes`, `figure`, `label`, `table`, `row`, `cell`.
    """

    kind: str
    message: Message | None = None
    children: tuple[Block, ...] = ()
    #: Heading: its stable id. Container: its name. Figure: its source.
    name: str = ""
    #: Heading: 2 to 4. Notes: how many lines to write on. List: its first number.
    number: int = 0
    #: List: numbered. Cell: stands in the header row.
    marked: bool = False
    #: Figure: the message that describes the picture to those who cannot see it.
    alternative: Message | None = None

    def walk(self) -> Iterator[Block]:
        """Give this block and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing without its words: the labels are messages, placed over it."""

    svg: bytes
    #: Size of the drawing in its own units.
    width: float
    height: float
    #: Position (x, y in the drawing's units) and anchor (start, middle, end) of each label.
    labels: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """What an author writes: front matter and blocks, in the source language."""

    id: str
    path: str
    title: Message
    main_message: Message
    action: Message
    funder: Message
    conflicts: Message
    therapy: Message | None
    condition: Message | None
    tags: tuple[str, ...]
    version: str
    issued: date
    review_by: date
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]
    sources: tuple[str, ...]
    #: Page budget by edition.
    pages: Mapping[str, int]
    #: Page budget by locale, then edition, where it must differ.
    locale_pages: Mapping[str, Mapping[str, int]]
    blocks: tuple[Block, ...]
    messages: tuple[Message, ...]
    figures: Mapping[str, Figure]

    def walk(self) -> Iterator[Block]:
        """Give all blocks in reading order."""
        for block in self.blocks:
            yield from block.walk()

    @property
    def therapy_anchor(self) -> str:
        """Give the anchor of the first message that describes an unapproved therapy; or none."""
        for block in self.walk():
            if block.kind == "container" and block.name == "unapproved-therapy":
                return next((inner.message.anchor for inner in block.walk() if inner.message), "")
        return ""

    def page_budget(self, locale: str, edition: str) -> int | None:
        """Give the most pages that this edition may have, None where none is set."""
        own = self.locale_pages.get(locale, {}).get(edition)
        return own if own is not None else self.pages.get(edition)


@dataclass(frozen=True, slots=True)
class Clinic:
    """Whose leaflets these are: `clinic.toml`."""

    path: str
    #: Which of several clinics it is, by the name of its file; empty where there is but one.
    id: str
    name: str
    jurisdiction: str
    source_locale: str
    locales: tuple[str, ...]
    paper: Literal["A4", "Letter"]
    editions: tuple[str, ...]
    #: The logo's SVG or PNG; empty where there is none.
    logo: bytes
    accent: str
    #: A line behind the address, in the source language; empty where there is none.
    footer: str
    phone: str
    email: str
    address: tuple[str, ...]
    website: str
    emergency_number: str
    urgent_number: str
    source_approvals: tuple[str, ...]
    translation_approvals: tuple[str, ...]
    #: Whoever translated a text may sign it, too.
    translator_may_sign: bool
    owner: str
    licence: str
    #: Where the rack is served; empty where no leaflet says.
    rack_address: str
    limit_seconds: int
    limit_megabytes: int

    def offered(self, locale: str) -> tuple[str, ...]:
        """Give the editions of a locale: none of the source locale has two languages."""
        source = locale == self.source_locale
        return tuple(name for name in self.editions if not (source and name == "bilingual"))

    def asked_approvals(self, locale: str) -> tuple[str, ...]:
        """Give the roles that must sign a text in this locale."""
        return self.source_approvals if locale == self.source_locale else self.translation_approvals


@dataclass(frozen=True, slots=True)
class Locale:
    """What CLDR says of a locale."""

    code: str
    direction: Literal["ltr", "rtl"]
    #: ISO 15924, such as `Arab`.
    script: str
    native_name: str
    english_name: str
    #: CLDR numbering system of dates and folios, such as `latn` or `arabext`.
    numbering: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One disclaimer of the policy: when it is required, where, how large."""

    id: str
    #: Conditions, of which one must hold: `always`, `tag:x`, `translation`, `draft`, …
    when: tuple[str, ...]
    jurisdiction: str
    placement: Literal["first-page", "last-page", "every-page", "before-therapy"]
    boxed: bool
    least_pt: float
    checked_on: date | None = None
    expires_days: int | None = None
    #: Where the policy says it.
    where: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A disclaimer as a leaflet must show it: its rule and its exact words."""

    rule: Rule
    #: `general-info`; the source-language copy of one carries the locale: `translation-notice.en`.
    id: str
    words: tuple[Span, ...]
    #: BCP 47 tag and direction of the words.
    lang: str
    direction: str

    @property
    def anchor(self) -> str:
        """Give the id of its element in the HTML, and of its named destination in the PDF."""
        return f"dsc-{self.id}"

    @property
    def is_copy(self) -> bool:
        """Tell whether it says in the source language what another one says in the own."""
        return self.id != self.rule.id


@dataclass(frozen=True, slots=True)
class Signature:
    """An approval as it stands in `approvals.toml`."""

    topic: str
    role: str
    name: str
    date: date
    digest: str
    #: Line of the row in its file, counted from 1.
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A leaflet that is taken out and stays out: a row of `withdrawn.toml`."""

    topic: str
    #: Empty: in every locale.
    locale: str
    because: str
    #: Who withdrew it; empty where nobody is named.
    by: str
    date: date
    #: Where the row stands.
    where: str = ""

    def covers(self, topic: str, locale: str) -> bool:
        """Tell whether it takes out this topic in this locale."""
        return self.topic == topic and self.locale in ("", locale)


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A topic in one locale, with every word that its pages show."""

    topic: Topic
    locale: Locale
    source_locale: Locale
    edition: str
    state: Literal["approved", "draft"]
    #: Why it may no longer be handed out; empty where it may.
    out_of_date: tuple[str, ...]
    #: Words by the anchor of their message.
    words: Mapping[str, tuple[Span, ...]]
    #: Words of the source language, for editions that show both.
    source_words: Mapping[str, tuple[Span, ...]]
    notices: tuple[Notice, ...]
    #: The same disclaimers in the source language, for editions that show both.
    source_notices: tuple[Notice, ...]
    #: Labels of the templates, translated, by their source text.
    labels: Mapping[str, str]
    page_budget: int | None
    #: What the policy requires of it; each must have its notice.
    rules: tuple[Rule, ...] = ()

    def status_address(self, rack: str) -> str:
        """Give where the rack says whether this copy is current; nothing without a rack."""
        place = f"/c/{self.topic.id}.html#{self.locale.code}-{self.topic.version}"
        return rack and rack + place

    def notice(self, id: str) -> Notice | None:
        """Find a disclaimer by its id."""
        return next((notice for notice in self.notices if notice.id == id), None)

    def copy_of(self, id: str) -> Notice | None:
        """Find the source-language copy of a disclaimer."""
        copies = (notice for notice in self.required if notice.is_copy)
        return next((notice for notice in copies if notice.rule.id == id), None)

    @property
    def required(self) -> tuple[Notice, ...]:
        """Give every disclaimer that the pages of this edition must show."""
        return (*self.notices, *(self.source_notices if self.edition == "bilingual" else ()))


Severity = Literal["error", "warning", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may be wrong in the content or on the page."""

    code: str
    severity: Severity
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A typeset leaflet, before anyone has judged it."""

    pdf: bytes
    pages: int
    type_size_pt: float
    #: What the typesetter logged or refused, as findings.
    findings: tuple[Finding, ...] = ()
    #: Lines and words of the source by which the text exceeds its budget at the floor.
    excess_lines: int = 0
    excess_words: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """What the preflight found of one required disclaimer."""

    id: str
    page: int | None
    size_pt: float | None
    proven: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the preflight says of a proof."""

    pages: int
    disclaimers: tuple[Shown, ...]
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Tell whether any finding is an error."""
        return any(finding.severity == "error" for finding in self.findings)


Result = Literal["built", "unchanged", "withheld", "failed", "removed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaflet in the report."""

    topic: str
    locale: str
    edition: str
    state: Literal["approved", "draft"]
    result: Result
    reason: str = ""
    #: Path below the output folder; empty where nothing stands there.
    file: str = ""
    sha256: str = ""
    pages: int | None = None
    page_budget: int | None = None
    type_size_pt: float | None = None
    disclaimers: tuple[Shown, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """Name the leaflet as the contract's files do: `es/asthma.standard`.

        A PDF that no build knows has only the name of its file.
        """
        return f"{self.locale}/{self.topic}.{self.edition}" if self.locale else self.topic


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, and the leaflets that have it."""

    finding: Finding
    #: Name of the first of them, and how many they are.
    first: str
    leaflets: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did."""

    engine: Mapping[str, str]
    #: The leaflets that it was about; of a build, those that did not stand as they were.
    leaflets: tuple[Entry, ...]
    seconds: float = 0.0
    #: Number of leaflets by result, also of those that stood.
    counts: Mapping[Result, int] = field(default_factory=dict)
    #: How many of those that stand or were built are drafts.
    drafts: int = 0
    #: Findings on all of them.
    remarks: tuple[Remark, ...] = ()
    #: Findings that belong to no single leaflet.
    findings: tuple[Finding, ...] = ()

    def count(self, result: Result) -> int:
        """Count the leaflets with this result."""
        return self.counts.get(result, 0)
