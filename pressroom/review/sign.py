"""Sign a leaflet's text, compare it with what was signed, and prove what is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..build.history import History
from ..content.approvals import (
    Approvals,
    SameMeaning,
    approvals_path,
    counts_from,
    read_approvals,
    same_person,
    sign,
)
from ..content.catalogue.pseudo import PSEUDO
from ..content.house import House
from ..content.same_meaning import changes_between, unlike, weigh_statements
from ..content.signed_text import Text, read_signed, signed_path
from ..core.errors import HandoutError, Problems, UsageError, did_you_mean
from ..core.files import missing, shown
from ..core.model import Finding, Severity, Signature, Topic
from ..leaflet.site import Words
from .diff import Difference, differences


def sign_leaflet(
    words: Words,
    topic: str,
    locale: str,
    role: str,
    name: str,
    read: str = "",
    same_meaning: bool = False,
) -> tuple[Path, tuple[Difference, ...]]:
    """Sign the text of a leaflet as it stands.

    Return the file of its approvals, and the differences that were stated to mean the same.
    `read` is the start of the digest of the text that was read, as a reading copy shows it;
    empty where it is not given. With `same_meaning`, the signer states that the source means
    the same as the text which was signed before it in this role. Raises HandoutError, or
    Problems, for a text that cannot be signed, by this person or with this statement.
    """
    if locale in PSEUDO:
        raise UsageError("", f"'{locale}' is no language that anybody signs", "name another locale")
    if topic in words.broken:
        raise words.broken[topic]
    translation = words.translation(words.topics[topic], locale, words.locale_words(locale))
    todo = todo_findings(words.topics[topic])
    _refuse_wrong(f"{locale}/{topic}", (*todo, *translation.findings))
    _refuse_translator(words, topic, locale, name)
    text = translation.text
    if not text.digest.startswith(f"sha256:{read.removeprefix('sha256:')}"):
        raise HandoutError(
            f"{locale}/{topic}",
            f"the text has changed since {read} was read: it is {text.digest[7:19]} now",
            f"read it again: 'handouts proof {topic} {locale}'",
        )
    signature = Signature(topic, role, name, words.site.today, text.digest)
    if not same_meaning:
        return sign(words.handouts, signature, text), ()
    old = _signed_before(words, locale, signature)
    statement = _state(words.site.house, signature, old, text)
    return sign(words.handouts, signature, text, statement), tuple(differences(old, text))


def standing(words: Words, topic: str, locale: str) -> tuple[list[str], tuple[Finding, ...]]:
    """Return the roles that have still to sign a text, and the warning that its version is taken.

    Raises HandoutError where the words cannot be read.
    """
    found = words.translation(words.topics[topic], locale, words.locale_words(locale))
    lacking = [
        role for role in words.site.clinic.asked_approvals(locale) if role not in found.signed
    ]
    one = found.leaflet
    if one is None:
        return lacking, ()
    history = History(words.records, words.site.clinic)
    issued, where = one.topic.issued.isoformat(), words.version_path(topic, locale)
    return lacking, history.reuses(topic, locale, one.version, issued, found.digest, where)


def todo_findings(topic: Topic) -> list[Finding]:
    """Return what a topic still says that nobody has decided: a draft may, a signed text not."""
    said = "still says TODO; write it, or delete the line where it is a remark that is done"
    return [Finding("text-todo", "error", said, f"{topic.path}:{line}") for line in topic.todo]


def _refuse_wrong(where: str, findings: Iterable[Finding]) -> None:
    wrong = [finding for finding in findings if finding.severity == "error"]
    if wrong:
        said = [HandoutError(finding.where, finding.message) for finding in wrong]
        last = HandoutError(where, "this text cannot be signed yet", "mend the above first")
        raise Problems([*said, last])


def _refuse_translator(words: Words, topic: str, locale: str, name: str) -> None:
    translator = words.translator(topic, locale)
    if not words.site.clinic.translator_may_sign and same_person(name, translator):
        path = shown(words.catalogue_path(locale, topic))
        raise UsageError(
            path,
            f"{name} is named as its translator, and a text is signed by another person",
            "ask one, or set translator_may_sign in clinic.toml under [approvals]",
        )


def _signed_before(words: Words, locale: str, new: Signature) -> Text:
    """Return the text that was signed before in the same role.

    Raises HandoutError where there is none, or nothing has changed; UsageError for a
    translation, of which nobody states that its meaning is unchanged.
    """
    source_locale = words.site.clinic.source_locale
    if locale != source_locale:
        raise UsageError(
            "",
            "only of the source can it be said that its meaning is unchanged",
            f"sign '{locale}' without --meaning-unchanged",
        )
    approvals = read_approvals(words.handouts, locale)
    mine = (new.topic, new.role)
    old = next((row for row in approvals.signatures if (row.topic, row.role) == mine), None)
    where = shown(approvals_path(words.handouts, locale))
    if old is None:
        raise HandoutError(
            where,
            f"no {new.role} has signed an older text of {new.topic}",
            "sign this one without --meaning-unchanged",
        )
    if old.digest == new.digest:
        raise HandoutError(
            f"{where}:{old.line}",
            f"nothing has changed since {old.name} signed it on {old.date.isoformat()}",
            "there is nothing to sign",
        )
    return read_signed(words.handouts, locale, source_locale, new.topic, new.role, old.digest)


def _state(house: House, new: Signature, old: Text, text: Text) -> SameMeaning:
    found = changes_between(old, text, (*house.disclaimers, "label"))
    problem = found if isinstance(found, str) else next(unlike(found[0], text.locale), "")
    if problem or isinstance(found, str):
        raise HandoutError(
            f"{text.locale}/{new.topic}",
            f"its meaning may have changed: {problem}",
            "sign it without --meaning-unchanged, and have its translations signed again",
        )
    changes, head = found
    return SameMeaning(
        new.topic, new.role, new.name, new.date, old.digest, text.digest, changes, head
    )


def changes_since(
    words: Words, topic: str, locale: str
) -> Iterator[tuple[Signature, tuple[Difference, ...], str]]:
    """Yield each signature that a change has voided, what has changed, or why that is not known.

    Raises HandoutError where the words cannot be read.
    """
    if topic in words.broken:
        raise words.broken[topic]
    locale_words = words.locale_words(locale)
    translation = words.translation(words.topics[topic], locale, locale_words)
    source_locale = words.site.clinic.source_locale
    for signature in locale_words.signatures:
        if signature.topic == topic and signature.digest not in translation.digests:
            try:
                old = read_signed(
                    words.handouts, locale, source_locale, topic, signature.role, signature.digest
                )
                yield signature, tuple(differences(old, translation.text)), ""
            except HandoutError as problem:
                yield signature, (), str(problem)


def prove(words: Words, locale: str) -> Iterator[tuple[str, Finding]]:
    """Yield what shows that approvals of a locale do not belong to its words, by topic.

    Raises HandoutError where the approvals cannot be read.
    """
    approvals = read_approvals(words.handouts, locale)
    path = shown(approvals_path(words.handouts, locale))
    clinic = words.site.clinic
    asked = clinic.asked_approvals(locale)
    topics = words.names
    times = Counter((row.topic, row.role) for row in approvals.signatures)
    for row in approvals.signatures:
        where = f"{path}:{row.line}"
        if row.topic not in topics:
            hint = did_you_mean(row.topic, topics) or "delete it"
            said = f"this approval is of '{row.topic}', which is no topic; {hint}"
            yield row.topic, Finding("approval-stray", "warning", said, where)
            continue
        if row.role not in asked:
            said = f"nobody asks a '{row.role}' to sign {locale}; delete it, or ask in clinic.toml"
            yield row.topic, Finding("approval-stray", "warning", said, where)
        if times[row.topic, row.role] > 1:
            said = f"{row.role} signs '{row.topic}' more than once here; keep one of them"
            yield row.topic, Finding("approval-stray", "warning", said, where)
        if counts_from(row.date) > words.site.today:
            said = f"{row.name} signs on {row.date.isoformat()}, which is still to come"
            yield row.topic, Finding("approval-void", "error", f"{said}; correct it", where)
        yield from _record(words, locale, row)
    yield from _statements(words, locale, approvals, path)


def _record(words: Words, locale: str, row: Signature) -> Iterator[tuple[str, Finding]]:
    """Yield a finding where the text that is kept is not the one that was signed."""
    source_locale = words.site.clinic.source_locale
    try:
        read_signed(words.handouts, locale, source_locale, row.topic, row.role, row.digest)
    except HandoutError as problem:
        path = signed_path(words.handouts, locale, row.topic, row.role)
        severity: Severity = "warning" if missing(path, words.handouts) else "error"
        said = f"signed by {row.name} as {row.role}: {problem.what}; {problem.next_step}"
        yield row.topic, Finding("approval-void", severity, said, problem.where)


def _statements(
    words: Words, locale: str, approvals: Approvals, path: str
) -> Iterator[tuple[str, Finding]]:
    """Yield statements of the same meaning that do not lead from one signed text to the next."""
    clinic = words.site.clinic
    for topic, role in dict.fromkeys((row.topic, row.role) for row in approvals.statements):
        chain, why = weigh_statements(words.handouts, clinic, approvals, topic, role)
        if locale != clinic.source_locale:
            why = f"only '{clinic.source_locale}' has statements"
        if why:
            said = f"this statement of the same meaning is not proven: {why}; sign the text again"
            where = f"{path}:{chain[0].line}"
            yield topic, Finding("approval-void", "error", said, where)
