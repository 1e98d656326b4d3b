"""What `scripts/known-limits` is made of: the limits that no build warns of, and all of them as Markdown."""
