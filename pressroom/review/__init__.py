"""Sign, compare, reading copies and progress: what reviewers work with.

Whoever answers for a leaflet reads its text on a reading copy, signs exactly that text, and is
shown word by word what has changed since. `check` judges words and published PDFs as they
are, and whether the approvals belong to the words; `status` counts what is translated, signed
and published. Nothing here sets a leaflet for patients, or publishes one.

    review_copy      a topic in a locale -> a numbered bilingual PDF to read and sign
    sign             sign a text; what has changed since; whether what is recorded is proven
    diff             two texts -> what is the same, removed and added, word by word
    check            words, published PDFs and PDF files -> entries of a report, nothing built
    progress         words and ledger -> how far each topic is in each locale, and what is next
    due              what falls due, and who has to act; the same as a calendar
    progress_tables  the same as tables for a terminal
    progress_page    the same as the page `rack/status.html`
    due_page         what falls due, and drafts that wait, as the page `rack/due.html`
"""
