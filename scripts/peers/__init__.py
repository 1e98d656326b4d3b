"""Other ways to two versions, tried with the same tasks: what docs/is-it-for-me.md tells of runs."""
