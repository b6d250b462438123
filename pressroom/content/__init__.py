"""Everything that people write below `handouts/`, read and checked, never judged as a page.

Each reader takes the folder of the site and returns a frozen value, or raises every error of
its file at once, with lines. Authors write `topics/`, clinicians `house/` and `approvals.toml`,
translators `locales/`, the clinic `clinic.toml`, `styles/` and `templates/`. What a translation
may not lose (numbers, links, marks, terms) is compared here, too; what becomes of the findings
is decided in `leaflet/`, where words and source meet.

    topic/         topic.md -> Topic
    catalogue/     PO files <-> Catalogue; merge with the source; states, notes and terms
    quantities/    numbers, dates, times and amounts of a source and its translation, compared
    languages      locales.toml: what CLDR does not say of a language -> Locales
    clinic         clinic.toml, and the file of one of several clinics over it -> Clinic
    house          disclaimers.md, policy.toml, words.toml -> House; which disclaimers apply
    rack_words     rack_words.toml and rack.po -> RackWords: what the rack says to staff
    theme          templates and styles: the site's own before the packaged ones
    images         SVG -> Figure and its labels; SVG or PNG -> a logo
    photos         JPEG or PNG -> Figure: sRGB, no more dots than are printed
    approvals      approvals.toml <-> signatures and statements; which signatures hold
    signed_text    the exact text that is signed <-> a plain file, and its digest
    same_meaning   statements that a changed source means the same -> which texts are equal
    withdrawals    withdrawn.toml <-> what is taken out
    placeholders   what may stand in braces, such as {phone}
    schema         the one description of all these files (but topics' bodies and catalogues)

A new key of a file is a field in `schema`; `python -m pressroom.content.schema` writes it into
`schemas/`. A new placeholder is an entry in `placeholders` and a value in `leaflet/notices`.
"""
