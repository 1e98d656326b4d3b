"""What other tools' files say of a project, read for `mvenv init`, and written as a pyproject.toml."""
