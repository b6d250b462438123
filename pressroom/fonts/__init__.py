"""The pinned Noto fonts: which files, which script, which characters, cut and checked.

A leaflet is set in fonts of one pinned set, found on the machine by file name, and in no
others: so the same words give the same pages everywhere. `scripts.toml` says which family a
script is set in, and how. Four of these fonts are so large that a subset of each, with the
characters of daily use, stands before the whole font. All of them reach WeasyPrint through a
fontconfig of our own.

    scripts.toml  for each script: family, files, line height, floor of the type size
    scripts       scripts.toml -> Script, Face, and the stack of families of a locale
    files         where the files of the set lie, their digests, the private fontconfig
    subset        a large font and a national standard -> a font of that repertoire
    faces         family and weight -> HarfBuzz face of the pinned file
    coverage      which characters of a text none of its locale's fonts has

A new script is an entry in `scripts.toml`.
"""
