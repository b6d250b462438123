"""Write docs/checks.md: the checks, as they describe themselves.

python -m pressroom.preflight > docs/checks.md
"""

from __future__ import annotations

import inspect

from .examine import all_checks

_HEAD = """\
# What the preflight checks

Made from the checks themselves by `python -m pressroom.preflight > docs/checks.md`. A check is
a file in `pressroom/preflight/checks/`; adding one is adding a file. A finding is an `error`
(the leaflet fails, and what was published stays), a `warning`, or `skipped`: it could not be
judged, and says why.
"""

_WORDS = """\
## Found in the words, before anything is set

| code | what |
|---|---|
| `message-missing`, `message-fuzzy` | not translated, or older than its source: withheld |
| `quantity-mismatch` | numbers, units, signs, times, dates or addresses are others (R19) |
| `quantity-unsure` | a person has to say whether the numbers are right: withheld until then |
| `markup-mismatch` | emphasis, links or placeholders were lost, added or broken |
| `markup-unread` | what would be printed as typed; as a warning, a number of the clinic itself |
| `script-mismatch` | still in the source language, or in another script |
| `glossary-term` | a term of the locale's `glossary.tsv` is not used, or one to avoid is |
| `link-lookalike` | a link to a host whose name has letters that may pass for others |
| `promotional-word` | a word of `house/words.toml`, said of an unapproved therapy |
| `reading-grade` | an English source above grade 8, long sentences, many passives (R08, R09) |
| `missing-glyph` | no pinned font has a character: file, line, and its name in Unicode |
| `text-todo` | a topic says TODO, as an import leaves it: it can be set as a draft, not signed |
| `approval-missing` | nobody has signed the text |
| `approval-void` | the text, or the record of the signature, has changed; or its day is to come |
| `approval-stray` | an approval of no topic, of a role that nobody asks for, or there twice |
| `review-overdue`, `review-interval`, `fact-expired` | its dates; no check reads a clock |
| `withdrawn` | `withdrawn.toml` keeps it out: withheld, and its files leave |
| `withdrawn-left` | a file of it cannot be removed: exit code 1, and each build tries again |
| `version-unchanged` | other approved words were released under the same version and day |
| `source-unreadable` | the topic or the catalogue is broken |
| `resource-blocked`, `typesetting` | the typesetter was refused a file, or complained |
| `imposition` | half a side of a booklet shows another page than belongs there |
| `accessibility` | styles put the parts of a box in another order than the source |
| `render-timeout`, `render-crash` | setting it took too long, or too much memory |
"""


def page() -> str:
    """Return the text of docs/checks.md."""
    parts = [_HEAD, _WORDS, "## Found on the page\n"]
    for check in all_checks():
        title = ", ".join(f"`{code}`" for code in check.codes)
        parts.append(
            f"### {title}\n\n{inspect.cleandoc(check.rationale)}\n\n"
            f"- Source: {check.source}\n- Fails: {check.bad}\n- Passes: {check.good}\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
