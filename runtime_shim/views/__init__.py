"""Interpreter-wide lists that answer by caller: sys.path, sys.meta_path, importlib.metadata."""
