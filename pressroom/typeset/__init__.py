"""HTML -> PDF: copyfitting, WeasyPrint and its patches, imposition.

`setting_of` decides from a leaflet, its clinic and the theme how it is set: stylesheets, page
size, floor of the type size, page budget. A `Typesetter` sets HTML by that Setting: it lays the
text out in one way after another until it has the best, with boxes in place on the fewest sheets,
full pages and large type, and writes a Proof, a tagged PDF with what is to be said about it. A
booklet is imposed afterwards.

    setting              Leaflet, Clinic, Theme -> Setting
    typesetter           HTML and a Setting -> Proof
    copyfit              ways to set a leaflet, and their scores -> the best
    first_page           the arrangement in which the first page holds what has to stand there
    fill_ins             lines to write on, which take what is left of a page
    page_boxes           how far a page is filled, and what stands on it
    copyfit_estimate     about how many pages a text fills, before any layout
    overrides            <bdo> -> marks that keep digits from left to right
    fetcher              the files that a page may read: images, and no others
    pdfa                 a PDF/A -> one that is PDF/UA, too
    imposition           the pages of a booklet on the sides of its sheets
    weasyprint_patches/  WeasyPrint, with its faults mended and its costs saved

Whether the pages are right is judged on the PDF, in `preflight`.
"""
