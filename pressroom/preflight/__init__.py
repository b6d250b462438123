"""PDF -> Verdict: what is painted, what it says, and whether each disclaimer is proven.

A leaflet is judged on its finished PDF, never on its HTML: only what is painted reaches a patient.
`pdf/` reads what each page paints and how the document is structured; `text/` compares it with the
words that it has to say, and with the glyphs that the pinned fonts have for them. `Evidence` holds
both, read once; every check looks at it and yields findings. A required disclaimer counts only
where it is proven to be there, in its place, in its words, and legible.

    examine         Proof and Leaflet -> Verdict, by every check
    evidence        Proof and Leaflet -> Evidence
    pdf/            content streams, fonts, marks, structure, rasters, ink
    text/           normalised text, shaping, bidi, messages, reading order, legibility
    disclaimers/    find each required disclaimer, judge its place, prove it
    checks/         one check a file: finding codes, source, reason
    booklet         the imposed sheets of a booklet beside its reader's edition
    message_boxes   where each message stands, for the desk
    web_page        the published web page, read without a browser
    web_styles      what its stylesheets do to its words
    pdfua           PDF/UA-1 and PDF/A-2a, with a validator where one is installed

`python -m pressroom.preflight` writes `docs/checks.md` from the checks. A new check is a file in
`checks/` and a mutant in `tests/mutate/preflight.toml`.
"""
