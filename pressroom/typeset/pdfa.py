"""Make a PDF/A accessible, too: what WeasyPrint makes -> PDF/A-2a that is PDF/UA-1.

PDF/A allows only properties that it knows or that the file describes (ISO 19005-2, 6.6.2.3), and
PDF/UA asks for one that it does not know (ISO 14289-1, 5). WeasyPrint writes one or the other.
"""

from __future__ import annotations

from typing import Any

#: The identifier, and what describes it: the schema as PDF/A's extension schemas have it.
_DECLARATION = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file keeps</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def make_archival(pdf: Any) -> None:
    """Bring a PDF/A that is about to be written in line with both standards."""
    _declare_accessible(pdf)
    for stream in pdf.objects:
        # Where the last byte of a stream is a carriage return, validators take it for a part of
        # the line's end, and the length for a wrong one (ISO 19005-2, 6.1.7.1).
        if getattr(stream, "compress", False) and stream.data.endswith(b"\r\nendstream"):
            stream.compress = False


def _declare_accessible(pdf: Any) -> None:
    """Add the declaration to the metadata, which are not compressed."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    (content,) = metadata.stream
    metadata.stream = [content.replace(b"</rdf:RDF>", _DECLARATION + b"</rdf:RDF>", 1)]
    metadata.compress = False
