"""The dependency tree of what is built, from the project down or from a distribution up."""

SCHEMA = 1
"""Of the document that ``--json`` prints; another number is another form."""
