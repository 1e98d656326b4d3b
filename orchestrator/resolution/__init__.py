"""Asking uv: which requirements go together, and with which versions."""
