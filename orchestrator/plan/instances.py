"""Which distributions of several groups are one instance: the same version, with the same versions of all it needs.

And which are not although they could be: *doubled* ones, which keep a register of what their callers hand them
(:mod:`orchestrator.plan.registries`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.plan.versioned import edges, needed_by, versioned_names
from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.plan.model import Knowledge
    from orchestrator.plan.versioned import Node
    from orchestrator.resolution.outcome import ResolvedGroup

Instance = tuple[str, frozenset[tuple[str, str]]]
"""A distribution with everything versioned that it needs: installed once, wherever it is used."""


class Instances:
    """The instances of a project's groups.

    :param isolated: distributions that the user wants versioned.
    """

    def __init__(
        self, groups: Sequence[ResolvedGroup], knowledge: Knowledge, isolated: frozenset[str] = frozenset()
    ) -> None:
        self._groups = groups
        self._knowledge = knowledge
        self._needed = [edges(group.resolution, knowledge) for group in groups]
        self.doubled: Mapping[str, frozenset[str]] = {}
        """Distribution → those that register in it and are there in several instances."""
        sides: Mapping[Node, int] = {}
        while True:
            self.versioned = versioned_names(groups, knowledge, isolated | self.doubled.keys())
            closures = {
                (number, name): self._closure((number, name))
                for number, group in enumerate(groups)
                for name in group.resolution.pins
                if name in self.versioned
            }
            self.of: Mapping[Node, Instance] = {
                node: self._instance(node, closure, sides) for node, closure in closures.items()
            }
            """Every versioned distribution of a group → its instance."""
            known = self.doubled.keys(), sides
            # What depends on a doubled one is versioned now, too, and in several instances: more may register.
            self.doubled = {**self.doubled, **self._registering()}
            sides = self._sides(closures)
            if known == (self.doubled.keys(), sides):
                break

    def _closure(self, node: Node) -> Sequence[Node]:
        return tuple(reachable([node], self._neighbours))

    def _neighbours(self, node: Node) -> list[Node]:
        found = needed_by(node, self._groups, self._needed)
        return [node for node in found if node[1] in self.versioned]

    def _instance(self, node: Node, closure: Sequence[Node], sides: Mapping[Node, int]) -> Instance:
        def identity(other: Node) -> str:
            specification = self._specification(other)
            return f"{specification} #{sides[other]}" if sides.get(other) else specification

        return node[1], frozenset((other[1], identity(other)) for other in closure)

    def _registers(self, node: Node) -> frozenset[str]:
        number, name = node
        contents = self._knowledge.contents.get((name, self._groups[number].resolution.pins[name].version))
        return contents.registers if contents is not None else frozenset()

    def _registering(self) -> dict[str, frozenset[str]]:
        """Return what has to be doubled, and for whom: what registers there in several instances.

        A copy that does not register, of another version, neither meets nor leaves anything.
        """
        registering: dict[tuple[str, str], set[Instance]] = {}
        for node, instance in self.of.items():
            number, name = node
            for shared in self._registers(node):
                if shared in self._groups[number].resolution.pins:
                    registering.setdefault((shared, name), set()).add(instance)
        found: dict[str, set[str]] = {}
        for (shared, name), instances in registering.items():
            if len(instances) > 1:
                found.setdefault(shared, set()).add(name)
        return {shared: frozenset(names) for shared, names in sorted(found.items())}

    def _sides(self, closures: Mapping[Node, Sequence[Node]]) -> dict[Node, int]:
        """Tell the instances of doubled distributions apart: by the registrants that reach them.

        Where none does, it is the first side's: no more copies than there are sides.
        """
        reaching: dict[Node, set[Instance]] = {}
        for node, closure in closures.items():
            for other in closure:
                if node[1] in self.doubled.get(other[1], ()) and other[1] in self._registers(node):
                    reaching.setdefault(other, set()).add(self.of[node])
        numbers: dict[str, dict[frozenset[Instance], int]] = {}
        sides: dict[Node, int] = {}
        for node in sorted(reaching):
            known = numbers.setdefault(self._specification(node), {})
            sides[node] = known.setdefault(frozenset(reaching[node]), len(known))
        return sides

    def _specification(self, node: Node) -> str:
        return self._groups[node[0]].resolution.pins[node[1]].specification
