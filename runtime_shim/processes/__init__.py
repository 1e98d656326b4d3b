"""Whoever starts a thread or a child process is who it runs for."""
