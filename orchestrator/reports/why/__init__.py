"""Why a distribution is there, and why in so many copies: from a build's record to an answer."""

SCHEMA = 2
"""Of the document that ``--json`` prints; another number is another form."""
