"""Serve a site to its department: the rack, printing, and the translator's desk."""
