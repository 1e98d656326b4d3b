"""Showing a plan: as a document for programs, as a picture for people."""
