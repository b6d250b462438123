"""`handouts serve`: the rack with a print button, and the desk of translators, over HTTP."""
