"""What a module of an environment says about itself: ``module.__distribution__``."""

from __future__ import annotations


class Distribution:
    """The installed distribution that a module comes from, and where it is installed."""

    __slots__ = ("environment", "name", "version")

    def __init__(self, name: str, version: str, environment: str) -> None:
        self.name = name
        self.version = version
        self.environment = environment
        """The environment's name."""

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def __repr__(self) -> str:
        return f"<{self} in environment {self.environment}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Distribution) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.environment))
