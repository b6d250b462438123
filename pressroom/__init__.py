"""Pressroom: from a topic's words to printable, proven patient leaflets."""

__version__ = "0.1.0"
