"""Showing a plan: as a document for programs, as a picture for people."""

SCHEMA = 3
"""Of the document; another number is another form."""
