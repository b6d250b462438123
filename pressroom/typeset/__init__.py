"""HTML -> PDF: copyfitting, WeasyPrint and its patches, imposition.

`setting_of` decides from a leaflet, its clinic and the theme how it is set: stylesheets, page
size, floor of the type size, page budget. A `Typesetter` sets HTML by that Setting: it lays the
text out in one size after another until it has the largest that stays on the fewest sheets, and
writes a Proof, a tagged PDF with what is to be said about it. A booklet is imposed afterwards.

    setting              Leaflet, Clinic, Theme -> Setting
    typesetter           HTML and a Setting -> Proof
    copyfit              the largest type on the fewest sheets
    copyfit_estimate     about how many pages a text fills, before any layout
    overrides            <bdo> -> marks that keep digits from left to right
    fetcher              the files that a page may read: images, and no others
    pdfa                 a PDF/A -> one that is PDF/UA, too
    imposition           the pages of a booklet on the sides of its sheets
    weasyprint_patches/  WeasyPrint, with its faults mended and its costs saved

Whether the pages are right is judged on the PDF, in `preflight`.
"""
