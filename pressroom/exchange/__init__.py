"""Catalogues out to translators and back; leaflets that exist, and their translations, in.

Translators work with the site's PO files, or with a file of a format that their own program
knows. What leaves is one ExchangeRow a message, with where it stands and how long it may be;
what comes back is one Received row a message, each of which is judged, and refused by file
and line or written into its catalogue, never more confirmed than its file says.

    update       make a locale's catalogues, and merge a changed source into them
    templates    a `.pot` of each catalogue, for Weblate and msgmerge
    memory       a source text -> a translation that was made of it, or of one like it, before
    page_facts   ledger and PDFs -> where a message stands on the page, and its room
    rows         what all formats exchange: ExchangeRow out, Received back
    formats      export a locale in a format; import a file of any
    importer     Received rows -> changed catalogues, and refusals
    xliff        XLIFF 1.2 and 2.0, for translation programs
    spreadsheet  CSV
    word_table   HTML for Word
    tbx          TBX: the glossary alone
    bringing     a Word file, a web page or Markdown -> a topic, with a report
    alignment    two texts -> which blocks of one are which of the other
    pair         an old translation -> fuzzy messages, and a table of the rest
    safe_xml     XML of unknown origin, parsed without reading anything else

A new format is a file that writes ExchangeRows and reads Received rows, a row in the tables
of `formats` (`_READERS`, `_written`, `detect`), and a name in `cli/locale.py`.
"""
