"""A Topic and a locale -> a Leaflet and its HTML.

`site.read_site` reads all that `content/` knows of a site. For one topic and locale,
`compose.translate` looks each message up in its catalogue, fills in what stands in braces,
adds the disclaimers that the policy requires, and weighs the signatures. Where a message is
missing or fuzzy there is no Leaflet, but findings: it is withheld. `html.mark_up` turns a
Leaflet into HTML, where directions are isolated and words may break.

    site          handouts/ -> the words of a whole site, each topic read when it is asked for
    compose       Topic, Catalogue and what a locale shares -> Leaflet and findings
    lookup        messages and their catalogue -> texts, and what is wrong with them
    notices       disclaimers with their values filled in; placeholders -> values
    own_numbers   telephone numbers of the clinic that are typed into its words
    mark          a Leaflet -> six characters that tell its words from any other's
    readability   reading grade of an English source; words that promote
    html          Leaflet and templates -> HTML; labels of templates; QR codes
    linked_data   Leaflet -> what its web page tells search engines, as JSON-LD
    bidi_isolate  what runs from left to right within right-to-left text
    arrows        arrows that point to where a translation goes on
    line_breaks   where lines may break and where not: numbers and units, scripts without spaces
    phrases       where phrases of Japanese meet

A new check of words is a finding in `lookup` (each message) or `compose` (the whole leaflet).
"""
