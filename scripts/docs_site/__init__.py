"""What the pages of `scripts/docs` need beyond Markdown: the repository's own pages, and anchors as GitHub has them."""
