"""A project is moved or copied as a folder: all in it works there, and nothing of it is looked for where it was."""
