"""gettext catalogues: the words of each locale.

po                 PO file <-> Catalogue, as strictly as msgfmt reads it
locale_version     the version that a translation has of its own
merge              Catalogue and the messages of a changed source -> Catalogue
message_state      whether a message is translated, unsure, fuzzy or missing; how many are
origin             where the words of a message come from: a person, a machine, the memory
confirmed_numbers  whether it tells the quantities of its source, or somebody confirmed that
glossary           glossary.tsv -> terms that translations must use, and what ignores them
translator_notes   comments for translators: places, pages, placeholders, length
pseudo             catalogues of pseudo-locales
"""
