"""D imports nobody."""

__version__ = "1.1.1"


def wat() -> str:
    return f"D {__version__}"
