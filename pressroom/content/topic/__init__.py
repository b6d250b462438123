"""A topic's source: Markdown and front matter -> Topic.

read          topic.md -> Topic; where the topics of a site lie
front_matter  YAML without aliases -> FrontMatter, with the line of each key
blocks        Markdown -> blocks, messages and figures
inline        the text of a message -> spans
unread        markup that nothing reads, which would be printed as typed
links         where a link may lead, and whether it leads where it says
compare       what a translation lost of its source, or added
"""
