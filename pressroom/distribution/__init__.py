"""Hand out what is published: web server, CUPS, recall.

Staff find a leaflet on the rack, which the server shows as the last build left it, and print
it through CUPS. A leaflet is printed only if it is approved, current, and byte for byte the
file that was built; each print job is recorded, so that copies can be called back. The server
also has a desk, on which a translator sees the words beside the page.

    handing_out      words as they stand now -> whether what is published may be handed out
    printing         a published PDF and an order -> a print job of CUPS, and its record
    recall           the history -> every text that was published, and copies to pull
    exports          what may be handed out -> files for a record, for OpenEMR, for an archive
    infobutton       what a patient's record asks -> leaflets that may be handed out
    server           `handouts serve`:
        app          clinics -> their apps, and the thread that answers
        front        a request -> the clinic that it is about, whatever stands before its path
        names        a request -> by which name it asks, and whether from this machine
        guard        requests from elsewhere are refused; each response gets its policy
        files        the files of the output folder, and the rack with its print button
        health       the last builds -> whether all is well, and counts, for a monitor
        print_api    a request with a token and an order -> a print job
        connect      a record's request -> its feed, or an address on the rack
        feed         answers to a record -> JSON and Atom
        desk         changed files -> messages and pages, as a browser shows them
        preview      a topic in a locale, translated or not -> pages that are never published
        static/      scripts and styles of the desk and of the print button

What is handed out comes from the ledger alone: nothing here sets leaflets for patients. An archive
has each leaflet set once more, by `build`, in the format of archives.
"""
