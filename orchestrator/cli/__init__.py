"""The command line, one module a command. ``run`` and ``fresh`` need the standard library alone."""
