"""The list of everything that is installed."""

SCHEMA = 1
"""Of the document that ``--json`` prints; another number is another form."""
