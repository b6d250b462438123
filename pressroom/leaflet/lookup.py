"""Look up messages in a locale: Messages and a Catalogue -> texts, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..content.catalogue.confirmed_numbers import compare_entry, confirmation_of
from ..content.catalogue.disclaimer_words import disclaimer_problems
from ..content.catalogue.glossary import Glossary
from ..content.catalogue.merge import merge
from ..content.catalogue.message_state import MessageState, message_state
from ..content.catalogue.origin import origin_of
from ..content.catalogue.po import Catalogue, Entry
from ..content.catalogue.translator_notes import offered
from ..content.topic.compare import markup_differences, wrong_language
from ..content.topic.unread import unread_markup
from ..core.model import Finding, Locale, Message, MessageKey, Severity, message_name, shortened
from ..fonts.scripts import script_of

#: Names the characters of a text that no font of a locale has.
Uncovered = Callable[[str, Locale], tuple[str, ...]]


class Lookup:
    """The texts of messages in one locale, and what is wrong with them."""

    def __init__(
        self, locale: Locale, source_locale: str, uncovered: Uncovered, glossary: Glossary
    ) -> None:
        self._locale = locale
        self._source_locale = source_locale
        self._is_source = locale.code == source_locale
        self._uncovered = uncovered
        self._glossary = glossary
        self.findings: list[Finding] = []
        #: Context, source text and translation of each message; the text that is signed.
        self.pairs: list[tuple[str, str, str]] = []
        #: How far each message is, by key.
        self.states: dict[MessageKey, MessageState] = {}
        #: File and line of each message that is printed, by key.
        self.where: dict[MessageKey, str] = {}

    @property
    def whole(self) -> bool:
        """Return whether no message so far is missing, fuzzy or unsure."""
        return all(state == "translated" for state in self.states.values())

    def texts(
        self,
        messages: Iterable[Message],
        catalogue: Catalogue,
        same: Mapping[MessageKey, str] | None = None,
        must_say: Mapping[str, Sequence[str]] | None = None,
    ) -> dict[MessageKey, str]:
        """Return the text of each message by key; a message that may not be printed has none.

        `same` has older source texts whose translation still holds (see `merge`). `must_say` has
        the words that each disclaimer has to have in this locale, by its id.
        """
        messages = tuple(messages)
        texts: dict[MessageKey, str] = {}
        if self._is_source:
            for message in messages:
                texts[message.key] = message.text
                self.states[message.key] = "translated"
                where = f"{message.path}:{message.line}" if message.path else ""
                self.where[message.key] = where
                self._cover(message.text, message.context, where)
                self.pairs.append((*message.key, ""))
            return texts
        if messages and not catalogue.entries:
            self._report_absent(catalogue)
        for key, entry in merge(catalogue, messages, same).entries.items():
            self.pairs.append((*key, entry.text))
            where = catalogue.where(entry)
            state = message_state(entry, self._locale.code, self._source_locale)
            self.states[key] = state
            if state == "translated":
                texts[key] = entry.text
                self.where[key] = where
                self._compare(entry, where)
                if must_say is not None and entry.context in must_say:
                    self._compare_disclaimer(entry, must_say[entry.context], where)
            elif state == "unsure":
                self._report_unsure(entry, where)
                self._compare(entry, where)
            elif state == "fuzzy":
                self._report_fuzzy(entry, where)
            elif catalogue.entries:
                self._report_missing(entry, where)
        return texts

    def _report(self, code: str, said: str, where: str) -> None:
        severity: Severity = "warning" if code == "glossary-term" else "error"
        self.findings.append(Finding(code, severity, said, where))

    def _report_fuzzy(self, entry: Entry, where: str) -> None:
        name = message_name(entry.source, entry.context)
        origin = origin_of(entry)
        if origin and origin.kind == "machine":
            by = f" ({origin.name})" if origin.name else ""
            what = f"{name}: a machine wrote it{by}, and nobody has reviewed it (fuzzy)"
        elif offered(entry):
            what = f"{name} has a text that the memory offers (fuzzy)"
        elif entry.previous and entry.previous != entry.source:
            what = f"{name} has changed since it was translated"
        else:
            what = f"{name}: this message is fuzzy"
        self._report("message-fuzzy", f"{what}; ask the translator to confirm it", where)

    def _report_unsure(self, entry: Entry, where: str) -> None:
        found = compare_entry(entry, self._locale.code, self._source_locale)
        what = f"{message_name(entry.source, entry.context)}: {'; '.join(found.causes)}"
        step = f"if that is right, write '# {confirmation_of(entry)}' above the message"
        self._report("quantity-unsure", f"{what}; {step}", where)

    def _report_absent(self, catalogue: Catalogue) -> None:
        """Report once that nothing is translated, not of each message."""
        step = f"run 'handouts locale update {self._locale.code}' and translate it"
        said = f"nothing of it is translated into {self._locale.english_name}; {step}"
        self._report("message-missing", said, catalogue.path)

    def _report_missing(self, entry: Entry, where: str) -> None:
        step = "translate it"
        if not entry.line:
            step = f"run 'handouts locale update {self._locale.code}' and {step}"
        name = message_name(entry.source, entry.context)
        self._report("message-missing", f"{name} is not translated; {step}", where)

    def _cover(self, text: str, context: str, where: str) -> None:
        """Report characters that would print as an empty box."""
        for character in self._uncovered(text, self._locale):
            said = f"no pinned font has {character}"
            self._report("missing-glyph", f"{message_name(text, context)}: {said}", where)

    def _compare(self, entry: Entry, where: str) -> None:
        """Report what a translation does not share with its source, and what it may not have."""
        source, text = entry.source, entry.text
        name = message_name(source, entry.context)
        self._cover(text, entry.context, where)
        found = compare_entry(entry, self._locale.code, self._source_locale)
        if found.verdict == "differs":
            what = f"{name} is translated ‘{shortened(text)}’: {'; '.join(found.causes)}"
            step = "write the quantities of the source"
            self._report("quantity-mismatch", f"{what}; {step}", where)
        letters = script_of(self._locale).letters
        if problem := wrong_language(source, text, letters, self._glossary.kept):
            self._report("script-mismatch", f"{name} {problem}; translate it", where)
        for problem in markup_differences(source, text):
            self._report("markup-mismatch", f"{name}: {problem}", where)
        for what, step in unread_markup(text):
            self._report("markup-unread", f"{name}: {what}; {step}", where)
        for _, problem in self._glossary.problems(source, text):
            self._report("glossary-term", f"{name}: {problem}", where)

    def _compare_disclaimer(self, entry: Entry, must_say: Sequence[str], where: str) -> None:
        """Report what is wrong with the translation of a disclaimer."""
        letters = script_of(self._locale).letters
        for code, problem in disclaimer_problems(
            entry.source, entry.text, self._locale, letters, must_say
        ):
            self._report(code, f"the disclaimer '{entry.context}' {problem}", where)
