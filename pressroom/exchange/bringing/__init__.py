"""Leaflets that exist are brought in: a Word file, a web page or Markdown -> a topic, and a report.

No word is lost in silence: what a topic cannot have stands in the report, and the words of
the file are counted by a reader of their own. What is guessed, or still to write, says TODO,
and keeps the topic from being signed. Nothing is fetched.

    bring          a file -> `topic.md`, pictures and `import-report.txt`
    source         SourceBlocks and Notes: what a file holds; inline Markdown
    word_archive   a Word file -> its parts, within bounds
    word_file      Word -> Source
    web_page       HTML -> Source
    markdown_file  Markdown -> Source
    tidy           what an author meant: typed lists, bold headings, terms, boxes
    telephones     numbers -> placeholders
    topic_file     blocks -> the text of a topic
    conserved      the words of a file, and of what became of it
"""
