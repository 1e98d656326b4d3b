"""The list of everything that is installed."""
