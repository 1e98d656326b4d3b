"""What ``custom_dependencies_versions.json`` says, as rules: which release uses which version of a dependency.

The form is that of "dependencies done right": ``{"A": {"2.2.2": {"C": "1.1.1"}}}`` says that A 2.2.2 uses C 1.1.1.
Nested, ``{"A": {"1.1.1": {"B": {"2.2.2": {"C": {"3.3.3": {}}}}}}}`` says that A 1.1.1 uses B 2.2.2, and that this B,
when A 1.1.1 has imported it, uses C 3.3.3. Of all rules that fit a chain of importers, the longest decides.

Pure functions of plain values, for the shim and for ``mvenv build`` alike.
"""

from __future__ import annotations

from runtime_shim.model.names import canonical
from runtime_shim.overrides.versions import canonical_version

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    Release = tuple[str, str]
    """Name and version of a distribution."""
    Chain = tuple[Release, ...]
    """Releases of which each imports the next, outermost first."""
    KeyPath = tuple[str, ...]

LONGEST_CHAIN = 100
LARGEST = 1 << 20
"""Characters; whoever starts a program waits while two texts that differ are compared, for a second at the most."""
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class OverridesError(ValueError):
    """The overrides contradict themselves, or say nothing that makes sense.

    :param message: what is wrong, in one sentence without a full stop.
    :param key: where: the names of the objects, outermost first.
    :param other: the other place, if two contradict each other.
    """

    def __init__(self, message: str, key: KeyPath, other: KeyPath = ()) -> None:
        places = " and ".join(".".join(f'"{name}"' for name in place) for place in (other, key) if place)
        super().__init__(f"{places}: {message}" if places else message)
        self.message = message
        self.key = key
        self.other = other


class Rule:
    """One override: the last release of *path*, imported along *path*, uses *version* of *dependency*.

    Names are canonical (PEP 503), versions as first written. Rules are equal if they say the same.
    """

    __slots__ = ("condition", "dependency", "path", "version")

    def __init__(self, path: Chain, dependency: str, version: str) -> None:
        self.path = path
        self.dependency = dependency
        self.version = version
        self.condition: Chain = tuple(comparable(release) for release in path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule) and other._compared() == self._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        """Return the chain as people read it: ``a 1.1.1 → b 2.2.2 → c 3.3.3``."""
        return show((*self.path, (self.dependency, self.version)))

    @property
    def choice(self) -> tuple[Chain, str]:
        """What the rule is about: it and another one with the same choice are the same or contradict each other."""
        return self.condition, self.dependency

    def _compared(self) -> tuple[Chain, Release]:
        return self.condition, comparable((self.dependency, self.version))


def show(chain: Iterable[Release]) -> str:
    """Write a chain as people read it."""
    return " → ".join(f"{name} {version}" for name, version in chain)


def comparable(release: Release) -> Release:
    """Return a release in the form that compares, whatever its spelling."""
    name, version = release
    return canonical(name), canonical_version(version) or version


def rules(data: dict[str, Any]) -> tuple[Rule, ...]:
    """Return the rules that *data* (objects and strings) holds, in the order written.

    :raises OverridesError: two entries contradict each other, a release comes to use itself, or an entry has no
        meaning.
    """
    found: dict[tuple[Chain, str], Rule] = {}
    places: dict[tuple[Chain, str], KeyPath] = {}
    spelling: dict[Release, str] = {}
    for path, dependency, version, key in _entries(data):
        # One spelling for one version, so that the parts of a message go together.
        chain = tuple((name, spelling.setdefault(comparable((name, text)), text)) for name, text in path)
        rule = Rule(chain, dependency, spelling.setdefault(comparable((dependency, version)), version))
        known = found.setdefault(rule.choice, rule)
        if known != rule:
            message = f"{show(rule.path)} cannot use both {dependency} {known.version} and {rule.version}"
            other = places[rule.choice]
            raise OverridesError(message, key, () if other == key else other)
        places.setdefault(rule.choice, key)
    _refuse_cycles(found.values(), places)
    return tuple(found.values())


def applying(rules: Iterable[Rule], chain: Sequence[Release]) -> dict[str, Rule]:
    """Return dependency → the rule that decides on it for the last release of *chain*.

    :param chain: importers, outermost first (it may start with the project itself).
    """
    importers = tuple(comparable(release) for release in chain)
    found: dict[str, Rule] = {}
    for rule in rules:
        length = len(rule.condition)
        if importers[-length:] == rule.condition:
            known = found.get(rule.dependency)
            if known is None or len(known.condition) < length:
                found[rule.dependency] = rule
    return found


def wanted(rules: Iterable[Rule], chain: Sequence[Release]) -> dict[str, str]:
    """Return dependency → version that the last release of *chain* is to use; see :func:`applying`."""
    return {dependency: rule.version for dependency, rule in applying(rules, chain).items()}


def follow(rules: Iterable[Rule], context: Chain, release: Release) -> Chain:
    """Return the part of the chain ``(*context, release)`` that can still make a difference to any rule.

    That is its longest end with which some rule's path begins. Chains of which this is the same are treated the same,
    here and everywhere below, so a walk over (release, context) pairs visits each situation once.
    """
    chain = (*context, comparable(release))
    conditions = [rule.condition for rule in rules]
    for start in range(len(chain)):
        end = chain[start:]
        if any(condition[: len(end)] == end for condition in conditions):
            return end
    return ()


def _entries(data: dict[str, Any]) -> Iterator[tuple[Chain, str, str, KeyPath]]:
    """Yield (path, dependency, version, key path) of each entry, in the order written."""
    waiting: list[tuple[Chain, KeyPath, Any]] = [((), (), data)]
    while waiting:
        path, key, uses = waiting.pop()
        if not isinstance(uses, dict):
            raise OverridesError("must be an object {dependency: version}", key)
        if len(path) > LONGEST_CHAIN:
            raise OverridesError(f"a chain of more than {LONGEST_CHAIN} distributions", key[:1])
        below: list[tuple[Chain, KeyPath, Any]] = []
        for name, choice in uses.items():
            place = (*key, name)
            for version, deeper in _versions(choice, name, place, at_root=not path):
                there = place if isinstance(choice, str) else (*place, version)
                if canonical_version(version) is None:
                    raise OverridesError(f"`{version}` is not a version", there)
                if path:
                    yield path, canonical(name), version.strip(), place
                below.append(((*path, (canonical(name), version.strip())), there, deeper))
        waiting += reversed(below)


def _versions(choice: Any, name: str, key: KeyPath, *, at_root: bool) -> Iterable[tuple[str, Any]]:
    word = canonical(name)
    if not word or not _NAME_CHARACTERS.issuperset(word) or "-" in (word[0], word[-1]):
        raise OverridesError(f"`{name}` is not the name of a distribution", key)
    if isinstance(choice, str):
        if at_root:
            raise OverridesError("does not say what this version uses", key)
        return ((choice, {}),)
    if not isinstance(choice, dict):
        raise OverridesError("must be an object or a string", key)
    if not choice:
        raise OverridesError("names no version", key)
    return choice.items()


def _refuse_cycles(rules: Iterable[Rule], places: dict[tuple[Chain, str], KeyPath]) -> None:
    """Raise if following the rules, release by release, leads back to where it began."""
    shown: dict[Release, Release] = {}
    uses: dict[Release, dict[Release, KeyPath]] = {}
    for rule in rules:
        importer, used = rule.path[-1], (rule.dependency, rule.version)
        if importer[0] == used[0]:
            raise OverridesError(
                f"a distribution cannot use itself: {show((importer, used))}",
                places[rule.choice],
            )
        shown[comparable(importer)], shown[comparable(used)] = importer, used
        uses.setdefault(comparable(importer), {}).setdefault(comparable(used), places[rule.choice])
    finished: set[Release] = set()
    for first in uses:
        way = [first]
        branches = [iter(uses[first])]
        while way:
            following = next(branches[-1], None)
            if following is None:
                finished.add(way.pop())
                branches.pop()
            elif following in way:
                cycle = [*way[way.index(following) :], following]
                raise OverridesError(
                    f"the overrides form a cycle: {show(shown[release] for release in cycle)}",
                    uses[way[-1]][following],
                )
            elif following not in finished:
                way.append(following)
                branches.append(iter(uses.get(following, ())))
