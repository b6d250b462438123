"""Judge words, published PDFs and PDF files as they are, and build nothing -> entries of a report.

An entry fails where its words or its pages have an error, as in a build.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from ..build.history import History
from ..build.output import Output, first_error
from ..build.prepare import Prepared, Preparer, weigh_version
from ..build.render import judge
from ..core.errors import HandoutError, UsageError
from ..core.files import leaves, shown
from ..core.locales import canonical_code
from ..core.model import Clinic, Entry, Finding, Result
from ..leaflet.site import Words
from ..preflight.pdfua import pdf_ua
from .sign import prove, todo_findings


def check(
    words: Words,
    out: Path,
    files: Iterable[Path],
    topics: Iterable[str],
    locales: Iterable[str],
    deep: bool,
) -> tuple[list[Entry], tuple[Finding, ...]]:
    """Return the entries of PDF files and leaflets, and findings of approvals that are of neither.

    With `deep`, PDFs are judged by a PDF/UA-1 validator, too. Raises UsageError for a file
    that cannot be read.
    """
    locales = tuple(locales)
    prepare = Preparer(words)
    history = History(words.records, words.site.clinic)
    with closing(Output(out, history=history)) as output:
        entries = [_check_file(output, prepare, path, deep) for path in files]
        for one in prepare(topics, locales):
            one = weigh_version(one, words, history)
            entries.append(_check_leaflet(output, one, prepare.clinic, deep))
    return _with_proofs(words, entries, locales)


#: How many folders that no build reads are named in a line each.
_MOST_UNREAD = 5


def strange_folders(words: Words) -> Iterator[HandoutError]:
    """Yield what to do with folders of `locales/` that are of no locale of the site.

    Translators' programs name them as POSIX does (`pt_BR`); no build reads their catalogues.
    """
    known = words.site.clinic.locales
    unread = []
    for folder in sorted((words.handouts / "locales").glob("*/")):
        name = folder.name
        if name in known or leaves(folder, words.handouts) or not any(folder.glob("*.po")):
            continue
        right = canonical_code(name)
        if right and right != name:
            what = f"the locale is '{right}', and no build reads '{name}'"
            step = f"rename the folder to '{right}'"
            if (folder.parent / right).is_dir():
                step = (
                    f"take its words over into '{right}', with 'msgcat --use-first', and delete it"
                )
            yield HandoutError(shown(folder), what, step)
        elif not words.site.clinic.id:  # One of several clinics may leave languages out.
            unread.append(folder)
    if len(unread) > _MOST_UNREAD:
        names = ", ".join(f"'{folder.name}'" for folder in unread)
        what = f"{names} are not among the locales of clinic.toml, and no build reads them"
        step = "run 'handouts locale add' with those that are wanted, or delete the folders"
        yield HandoutError(shown(words.handouts / "locales"), what, step)
        return
    for folder in unread:
        what = f"'{folder.name}' is not among the locales of clinic.toml, and no build reads it"
        step = f"run 'handouts locale add {folder.name}', or delete the folder"
        yield HandoutError(shown(folder), what, step)


def _check_file(output: Output, prepare: Preparer, path: Path, deep: bool) -> Entry:
    """Judge a PDF file: by its words where the ledger knows it, else by what it is."""
    try:
        pdf = path.read_bytes()
    except OSError as problem:
        raise UsageError(
            shown(path), f"cannot be read ({problem.strerror})", "name a PDF file"
        ) from None
    entry = Entry(path.name, "", "", "draft", "unchanged", file=shown(path))
    leaflet, sheets = None, b""
    if row := output.known(pdf):
        pdf, sheets = output.read(row.made)
        entry = replace(output.entry(row), result="unchanged", reason="", file=shown(path))
        for one in prepare([row.made.topic], [row.made.locale]):
            if one.wanted and one.wanted.key == row.made.key and not output.why(one.wanted):
                leaflet = one.leaflet
    clinic = prepare.clinic
    verdict = judge(pdf, leaflet, sheets, clinic.limit_seconds, clinic.limit_megabytes)
    findings = (*verdict.findings, *(pdf_ua(pdf) if deep else ()))
    judged = replace(entry, pages=verdict.pages or None, disclaimers=verdict.disclaimers)
    return _with_result(judged, findings)


def _check_leaflet(output: Output, one: Prepared, clinic: Clinic, deep: bool) -> Entry:
    """Judge a leaflet's words, and its PDF where one of these words stands."""
    if one.wanted is None or one.leaflet is None:
        return output.unprintable(one)
    if why := output.why(one.wanted):
        said = f"there is no PDF of these words: {'; '.join(why)}; run 'handouts build'"
        lacking = Finding("page-count", "skipped", said, one.where)
        return _with_result(one.entry("unchanged", ""), (*one.findings, lacking))
    row = output.ledger.row(one.wanted.key)
    assert row is not None
    pdf, sheets = output.read(row.made)
    verdict = judge(pdf, one.leaflet, sheets, clinic.limit_seconds, clinic.limit_megabytes)
    findings = (*one.findings, *verdict.findings, *(pdf_ua(pdf) if deep else ()))
    entry = output.unchanged(one)
    judged = replace(entry, pages=verdict.pages, disclaimers=verdict.disclaimers)
    return _with_result(judged, findings)


def _with_result(entry: Entry, findings: tuple[Finding, ...]) -> Entry:
    """Return an entry that failed where a finding is an error, and stands unchanged otherwise."""
    failed = any(finding.severity == "error" for finding in findings)
    result: Result = "failed" if failed else "unchanged"
    return replace(entry, result=result, findings=findings, reason=first_error(findings))


def _with_proofs(
    words: Words, entries: list[Entry], locales: Iterable[str]
) -> tuple[list[Entry], tuple[Finding, ...]]:
    """Return entries with what keeps them from being signed, and the findings of no entry."""
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for code in locales:
        with suppress(HandoutError):  # Its leaflets say so.
            for topic, finding in prove(words, code):
                found[topic, code].append(finding)
    source = words.site.clinic.source_locale
    for topic in {entry.topic for entry in entries if entry.locale == source}:
        if topic in words.topics:
            found[topic, source] += todo_findings(words.topics[topic])
    out = []
    known = set()
    for entry in entries:
        more = found.get((entry.topic, entry.locale), [])
        known.add((entry.topic, entry.locale))
        error = next((f"{f.code}: {f.message}" for f in more if f.severity == "error"), "")
        failed = replace(entry, result="failed", reason=entry.reason or error) if error else entry
        out.append(replace(failed, findings=(*entry.findings, *more)))
    rest = (one for key, more in found.items() if key not in known for one in more)
    return out, tuple(rest)
