"""Finished environments, kept for all projects of a user beside uv's cache: what was made once is linked from there."""
