"""Finding and executing modules for a caller."""
