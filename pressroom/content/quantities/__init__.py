"""A message and its translation -> whether both tell the same quantities.

`compare` takes two texts through these, in order:

| module | what |
|---|---|
| `text` | western digits, no addresses, placeholders and marks |
| `phones`, `clock`, `calendar` | what compares whole: telephone numbers, times, months |
| `numerals` | digits -> numbers, as the locale reads them |
| `measure` | the power of ten and the unit beside each |
| `match` | pairs of the same value; what words account for |
| `signs` | minus, `<` and `≥` |
| `compare` | the verdict, and its causes |

What a language writes with is in `language`: CLDR's tables, `lore.toml` and
`number_words.toml`, found in a text by `forms`.
"""

from .compare import Comparison, Verdict, compare

__all__ = ["Comparison", "Verdict", "compare"]
