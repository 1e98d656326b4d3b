"""Editing pyproject.toml: text in, text out; comments, order and everything else stay as they are."""
