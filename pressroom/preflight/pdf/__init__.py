"""A finished PDF, read: what its pages paint, its structure, and its pages as dots."""
