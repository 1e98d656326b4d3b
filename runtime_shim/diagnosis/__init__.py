"""Telling people: explain(), and notes on exceptions where versions met."""
