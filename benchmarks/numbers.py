"""Score the comparator of quantities on a folder of translations, right ones and wrong ones.

    python -m benchmarks.numbers FOLDER

A folder holds tables of tab-separated values, with a header, without quoting:

| file | columns |
|---|---|
| `pairs-*.tsv` | id, locale, label (`right` or `wrong`), source, translation |
| `mutations.tsv` | id, kind, start, end (in code points), new: what makes that pair wrong |
| `known.tsv` | locale, want (`equal` or `not`), source, translation; may be missing |

A right pair that differs is refused, one that is unsure is put to a person; a
mutation that is equal has passed. Sources are English.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

from pressroom.content.quantities.compare import compare

_VERDICTS = ("equal", "unsure", "differs")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def score(folder: Path) -> Iterator[str]:
    """Yield the lines of a report; the last one is the score per 1,000."""
    pairs: dict[str, dict[str, str]] = {}
    right: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(folder.glob("pairs-*.tsv")):
        for row in _rows(path):
            pairs[row["id"]] = row
            verdict = compare(row["source"], row["translation"], row["locale"]).verdict
            if row["label"] == "right":
                right[f"locale {row['locale']}"][verdict] += 1
                right[path.stem][verdict] += 1
                right["all"][verdict] += 1
            else:
                wrong["wrong by a person"][verdict] += 1
    for row in _rows(folder / "mutations.tsv"):
        pair = pairs[row["id"]]
        old = pair["translation"]
        new = old[: int(row["start"])] + row["new"] + old[int(row["end"]) :]
        verdict = compare(pair["source"], new, pair["locale"]).verdict
        wrong[f"kind {row['kind']}"][verdict] += 1
        wrong[f"locale {pair['locale']}"][verdict] += 1
        wrong["all"][verdict] += 1
    known = folder / "known.tsv"
    for row in _rows(known) if known.exists() else ():
        verdict = compare(row["source"], row["translation"], row["locale"]).verdict
        (right if row["want"] == "equal" else wrong)["known"][verdict] += 1
    yield f"{_milliseconds(pairs.values()):.2f} ms of CPU a message"
    yield from _table("right pairs", right)
    yield from _table("mutations, and pairs that a person found wrong", wrong)
    refused, unsure = (_per_thousand(right["all"], v) for v in ("differs", "unsure"))
    passed = _per_thousand(wrong["all"], "equal")
    yield f"refused {refused} unsure {unsure} passed {passed} per 1,000"


def _milliseconds(pairs: Collection[dict[str, str]]) -> float:
    """Return how long a pair takes, once what a language writes with is read."""
    began = time.process_time()
    for row in pairs:
        # With a space more, so that no comparison is remembered.
        compare(f"{row['source']} ", row["translation"], row["locale"])
    return (time.process_time() - began) * 1000 / max(1, len(pairs))


def _table(title: str, counts: dict[str, Counter[str]]) -> Iterator[str]:
    yield f"{title:<48}{'number':>8}" + "".join(f"{verdict:>10}" for verdict in _VERDICTS)
    for name in sorted(counts):
        shares = "".join(f"{_per_thousand(counts[name], verdict):>10}" for verdict in _VERDICTS)
        yield f"  {name:<46}{counts[name].total():>8}{shares}"


def _per_thousand(counts: Counter[str], verdict: str) -> str:
    total = counts.total()
    return f"{1000 * counts[verdict] / total:.1f}" if total else "0.0"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.numbers FOLDER")
    for line in score(Path(sys.argv[1])):
        print(line)
