"""Parts of ``scripts/library_suites``: other people's test suites, alone and beside a sibling version."""
