"""Nouns, errors, safe files, the lock, limits and locales: what every other room builds on.

A stage takes nouns of `model` and returns nouns of `model`; they are frozen and read no file.
What stops the work is a HandoutError, which says where, what, and the next step; `cli/` alone
prints it. A file that a person wrote is read by `files` and `toml`, which refuse what is no
plain text of a bounded size below its folder; all that is written is written by `files`, so
that a reader sees the old file or the new one.

    model       nouns that stages hand to each other: Topic, Leaflet, Proof, Verdict, Report, …
    published   nouns of the output folder: a leaflet that is wanted, made, standing, recorded
    codes       systems of codes by which records name what a leaflet is on
    errors      HandoutError and its kinds; how a message quotes a text; "did you mean …?"
    files       bytes and text in, safely; atomic writing; how messages name a path
    toml        TOML -> data or a model, with the line of each key; strings of TOML
    validation  data -> a pydantic model, or errors in our words
    locales     BCP 47 code -> Locale, from CLDR and `locales.toml`; its dates and digits
    directions  which way a character runs
    day         SOURCE_DATE_EPOCH or the clock -> the day of a run
    lock        one build at a time in an output folder
    limits      seconds and megabytes that a block of work may take
    signals     SIGINT and SIGTERM -> KeyboardInterrupt
    versions    releases of the libraries that decide how a page looks

A new noun goes into `model` if it leaves the stage that makes it, else beside its maker.
"""
