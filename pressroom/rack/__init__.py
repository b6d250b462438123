"""Published rows -> the static site that staff search.

After each build the ledger's rows become `index.html`, `rack/`, `c/` and `connect/` in the output
folder, and a resource for patients' records beside each approved PDF.
Scripts in `templates/rack-*.js` search in the browser: a page on a stick can ask no server.
Only files whose content changed are written.

    site           rows -> a Shelf -> all files of the rack, and what the last build knew of them
    search_data    a locale's leaflets -> its titles and texts, as scripts
    names          what else things are called: languages, and illnesses as staff say them
    version_pages  a topic's leaflets -> the page that its QR code leads to: which are current
    connect        a Shelf -> codes and leaflets, as patients' records read them from files
    fhir           leaflets -> HL7 FHIR resources: a DocumentReference, a Bundle of them
    languages.toml what people call languages, besides what CLDR does
    names.toml     what staff call illnesses in English
"""
