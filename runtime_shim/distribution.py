"""What a module of an environment says about itself: ``module.__distribution__``."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from runtime_shim.environment import Environment


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


def canonical(name: str) -> str:
    """Return a distribution's name in the form that compares (PEP 503)."""
    word = name.lower().replace("_", "-").replace(".", "-")
    while "--" in word:
        word = word.replace("--", "-")
    return word


def of(environment: Environment, module_name: str) -> Distribution | None:
    """Return the distribution that provides a module of *environment*, None if no installed one does."""
    found = environment.distribution(module_name)
    return None if found is None else Distribution(*found, environment.name)
