"""What painted glyphs say: which text, in which order, and whether it can be read."""
