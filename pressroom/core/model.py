"""The nouns: what the stages hand to each other, all frozen, none reading a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from .codes import Codes

#: Section and source text: `msgctxt` and `msgid`.
MessageKey = tuple[str, str]

SpanKind = Literal[
    "text", "strong", "emphasis", "raised", "lowered", "code", "link", "note", "break", "blank",
    "isolate", "folio",
]  # fmt: skip


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
    #: A page holds so little that the first one begins with the main message and the emergency
    #: box: general information, and what the reader can do, come below them.
    short_pages: bool = False
    #: The floor of the emergency box, where that of the text would not leave it whole on page 1.
    box_floor_pt: float = 12.0
    #: Factor of the type in the foot of the page.
    foot_type: float = 1.0


#: The editions that there are, in the order in which they are offered.
EDITIONS: Mapping[str, Edition] = {
    edition.name: edition
    for edition in (
        Edition("standard", 12.0, 14.0),
        Edition("large-print", 18.0, 20.0, short_pages=True, box_floor_pt=16.0, foot_type=4 / 3),
        Edition("bilingual", 12.0, 13.0, template="leaflet-bilingual.html", short_pages=True),
        Edition("booklet", 12.0, 14.0, pages_a_sheet=4, halved=True, short_pages=True),
    )
}


@dataclass(frozen=True, slots=True)
class Span:
    """A run of inline text, or a wrapper around such runs.

    `text` is set where `kind` is `text` or `code`; a `folio` stands for the
    number of the page (`n`) or of all pages (`N`), a `note` for what calls a
    footnote (its name, or the sign that is printed), a `blank` for a line to
    write on; all other kinds wrap `children`. An isolate runs from left to right
    whatever stands around it. `href` belongs to a link and to a note, `lang`
    (BCP 47) to an isolate.
    """

    kind: SpanKind
    text: str = ""
    children: tuple[Span, ...] = ()
    href: str = ""
    lang: str = ""


def plain(spans: tuple[Span, ...], folios: Mapping[str, str] | None = None) -> str:
    """Return the words of inline text without their markup.

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


#: The ranks of the emergency box, by their containers, and the disclaimer of each: signs for which
#: one calls the emergency number now, and those for which one calls the clinic's urgent number
#: today.
RANKS: Mapping[str, str] = {"urgent": "urgent-help", "same-day": "same-day-help"}

#: How the context of the messages of a snippet begins: they have a catalogue of their own.
SNIPPET = "snippet-"


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
    def key(self) -> MessageKey:
        """Return what finds the message in a catalogue: its context and its text."""
        return (self.context, self.text)

    @property
    def shared(self) -> bool:
        """Return whether it is of a snippet, which several topics share."""
        return self.context.startswith(SNIPPET)


def message_name(text: str, context: str) -> str:
    """Return what findings call a message: the first 60 characters, and the section."""
    return f"‘{shortened(text)}’ ({context})"


def shortened(text: str) -> str:
    """Return the first 60 characters of a text."""
    return text if len(text) <= 60 else text[:59].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a topic. Its words are a message; its children are blocks.

    `kind` is one of `heading`, `paragraph`, `list`, `item`, `definitions`, `term`,
    `meaning`, `container`, `only`, `quote`, `notes`, `figure`, `label`, `table`, `row`,
    `cell`, `footnotes`.
    """

    kind: str
    message: Message | None = None
    children: tuple[Block, ...] = ()
    #: Heading: its stable id. Container: its name. Figure: its source. Only: its clinic.
    #: Item of the footnotes: what calls it. Cell: `start`, `center` or `end`, as aligned.
    name: str = ""
    #: Heading: 2 to 4. Notes: how many lines to write on. List: its first number.
    number: int = 0
    #: List: numbered. Cell: stands in the header row.
    marked: bool = False
    #: Figure: the message that describes the picture to those who cannot see it.
    alternative: Message | None = None

    def walk(self) -> Iterator[Block]:
        """Iterate over this block and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def emergency_of(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the ranks of the emergency box that blocks begin with; none where they have none."""
    names = [block.name if block.kind == "container" else "" for block in blocks[:2]]
    count = 2 if names == [*RANKS] else int(bool(names) and names[0] in RANKS)
    return tuple(blocks[:count])


def grouped(blocks: Sequence[Block]) -> Iterator[tuple[tuple[Block, ...], Block]]:
    """Yield blocks, each with the ranks of the emergency box that begins with it."""
    at = 0
    while at < len(blocks):
        ranks = emergency_of(blocks[at:])
        yield ranks, blocks[at]
        at += max(1, len(ranks))


def _at(blocks: Iterable[Block], clinic: str) -> Iterator[Block]:
    """Yield blocks without those of other clinics, and the clinic's own without their mark."""
    for block in blocks:
        if block.kind != "only":
            yield replace(block, children=tuple(_at(block.children, clinic)))
        elif block.name == clinic:
            yield from _at(block.children, clinic)


@dataclass(frozen=True, slots=True)
class Figure:
    """A photo, or a drawing without its words: the labels are messages, placed over it."""

    #: SVG, JPEG or PNG.
    image: bytes
    #: Size of the drawing in its own units, of a photo in dots.
    width: float
    height: float
    #: Position (x, y in the drawing's units) and anchor (start, middle, end) of each label.
    labels: tuple[tuple[float, float, str], ...] = ()
    #: The widest that it is sharp, in millimetres; 0 for what is sharp at any size.
    most_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Topic:
    """What an author writes: front matter and blocks, in the source language."""

    id: str
    path: str
    #: The folder of the topics that it stands among; empty where there is none.
    category: str
    #: Whether anything in it may be urgent: if so, it has a box with the signs.
    urgent: bool
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
    #: What the version changed, and who has to act when it falls due; empty where nobody says.
    change: str
    owner: str
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
    #: Lines that say `TODO`, counted from 1: what an import could not decide.
    todo: tuple[int, ...] = ()
    #: Codes by which records find it; no page shows them.
    codes: Codes = field(default_factory=dict)
    #: What else staff call it; no page shows it. A locale may translate it, and need not.
    also: Message | None = None

    def walk(self) -> Iterator[Block]:
        """Iterate over all blocks, in reading order."""
        for block in self.blocks:
            yield from block.walk()

    def at(self, clinic: str) -> Topic:
        """Return the topic as one clinic prints it, without what is only for others."""
        blocks = tuple(_at(self.blocks, clinic))
        shown = {inner.message for block in blocks for inner in block.walk()}
        shown |= {inner.alternative for block in blocks for inner in block.walk()}
        mine = (m for m in self.messages if m in shown or m.context == "front-matter")
        return replace(self, blocks=blocks, messages=tuple(mine))

    def has_box(self, name: str) -> bool:
        """Return whether a container of this name stands in it."""
        return any(block.kind == "container" and block.name == name for block in self.walk())

    @property
    def emergency(self) -> tuple[Block, ...]:
        """Return the ranks of an emergency box that opens the topic; none where it has none."""
        return emergency_of(self.blocks)

    @property
    def therapy_anchor(self) -> str:
        """Return the anchor of the first message that describes an unapproved therapy, or ""."""
        for block in self.walk():
            if block.kind == "container" and block.name == "unapproved-therapy":
                return next((inner.message.anchor for inner in block.walk() if inner.message), "")
        return ""

    @property
    def titles(self) -> frozenset[str]:
        """Return the anchors of the title and of all headings."""
        headings = (b.message.anchor for b in self.walk() if b.kind == "heading" and b.message)
        return frozenset({self.title.anchor, *headings})

    def page_budget(self, locale: str, edition: str) -> int | None:
        """Return the most pages that this edition may have, or None where no limit is set."""
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
    #: Whom staff call for an interpreter; empty where nobody says. It is not printed.
    interpreter: str
    #: What stands for placeholders of its own, by name.
    placeholders: Mapping[str, str]
    source_approvals: tuple[str, ...]
    translation_approvals: tuple[str, ...]
    #: Whoever translated a text may sign it, too.
    translator_may_sign: bool
    owner: str
    licence: str
    #: Where the rack is served; empty where no leaflet says.
    rack_address: str
    #: Days after which a rack that asks no server says that it is old; minutes after which a
    #: shared computer goes back to the clinic's language, 0 where no choice is remembered.
    newer_after_days: int
    language_minutes: int
    #: Locale of the rack's own words.
    rack_language: str
    #: Origins of the records whose pages may ask the server.
    record_origins: tuple[str, ...]
    #: What browsers ask for where another web server stands before `serve`; empty where none does.
    behind: str
    #: Whether `serve` records that the rack's own Print was pressed.
    count_prints: bool
    limit_seconds: int
    limit_megabytes: int
    #: Who has to act when something falls due; empty where nobody is named.
    keeper: str
    #: Folder of the records, relative to the site's clinic file.
    records: str

    def offered(self, locale: str) -> tuple[str, ...]:
        """Return the editions of a locale; the source locale has none in two languages."""
        source = locale == self.source_locale
        return tuple(name for name in self.editions if not (source and name == "bilingual"))

    def asked_approvals(self, locale: str) -> tuple[str, ...]:
        """Return the roles that must sign a text in this locale."""
        return self.source_approvals if locale == self.source_locale else self.translation_approvals


@dataclass(frozen=True, slots=True)
class Locale:
    """A locale with what CLDR says of it."""

    code: str
    direction: Literal["ltr", "rtl"]
    #: ISO 15924, such as `Arab`.
    script: str
    native_name: str
    english_name: str
    #: CLDR numbering system of dates and folios, such as `latn` or `arabext`.
    numbering: str
    #: How a day is written, and the names of the months, where CLDR does not say it: `d MMMM y`.
    date: str = ""
    months: tuple[str, ...] = ()


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
    #: The least size of its telephone number, in large figures beside it; None where it has none.
    number_pt: float | None = None
    checked_on: date | None = None
    expires_days: int | None = None
    #: Words that its translation has to have, by locale.
    must_say: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
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
        """Return the id of its element in the HTML and of its named destination in the PDF."""
        return f"dsc-{self.id}"

    @property
    def is_copy(self) -> bool:
        """Return whether it is the source-language copy of another notice."""
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
        return self.topic == topic and self.locale in ("", locale)


#: Stands for a mark that is not worked out yet: no text has it.
NO_MARK = "······"


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A topic in one locale, with every word that its pages show."""

    topic: Topic
    clinic: Clinic
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
    #: What the category of its topic is called; empty where it has none.
    category: str = ""
    #: What the policy requires of it; each must have its notice.
    rules: tuple[Rule, ...] = ()
    #: The topic's version, or this locale's own (see `locale_version`).
    version: str = ""
    #: What that version changed; empty where nobody says.
    change: str = ""
    #: Six characters that tell this text from any other (see `marked`).
    mark: str = NO_MARK

    @property
    def status_fragment(self) -> str:
        """Return what names this text to the topic's page of versions."""
        return f"{self.locale.code}-{self.version}-{self.mark}"

    @property
    def furniture(self) -> tuple[str, ...]:
        """Return what pages may show besides messages, labels and disclaimers.

        That is what the clinic's file says of it, and the names of the leaflet's language.
        """
        own = self.clinic
        status = self.status_address(own.rack_address).partition("://")[2]
        texts = (
            own.name, own.phone, own.email, own.website, *own.address, own.footer,
            own.emergency_number, own.urgent_number, own.owner, own.licence, status,
            self.locale.native_name, self.locale.english_name,
        )  # fmt: skip
        return tuple(dict.fromkeys(filter(None, texts)))

    def status_address(self, rack: str) -> str:
        """Return where the rack says whether this copy is current; empty without a rack."""
        return rack and f"{rack}/c/{self.topic.id}.html#{self.status_fragment}"

    def notice(self, id: str) -> Notice | None:
        return next((notice for notice in self.notices if notice.id == id), None)

    def copy_of(self, id: str) -> Notice | None:
        """Return the source-language copy of a disclaimer, or None."""
        copies = (notice for notice in self.required if notice.is_copy)
        return next((notice for notice in copies if notice.rule.id == id), None)

    @property
    def required(self) -> tuple[Notice, ...]:
        """Return every disclaimer that the pages of this edition must show."""
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
    #: Of the text that stands in the file; empty where there is none.
    mark: str = ""
    disclaimers: tuple[Shown, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """Return how files and messages name the leaflet: `es/asthma.standard`.

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
    #: How many topics are overdue, how many fall due soon, and the first day (ISO 8601) of these.
    overdue: int = 0
    falls_due: int = 0
    first_due: str = ""

    def count(self, result: Result) -> int:
        return self.counts.get(result, 0)
