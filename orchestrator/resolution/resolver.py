"""Asking uv whether requirements go together, in the user's settings and under the user's overrides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from orchestrator.config.names import name_of
from orchestrator.errors import ResolutionError
from orchestrator.resolution.contexts import overridden_versions
from orchestrator.resolution.lag import Calendar
from orchestrator.resolution.proof_check import excludes
from orchestrator.system.parallel import in_parallel
from orchestrator.system.scratch import temporary_folder
from orchestrator.uv import cached, compile_output, core_metadata, failure, metadata, request_files
from orchestrator.uv.local_metadata import of_pins, of_project
from orchestrator.uv.misses import missed_the_cache
from orchestrator.uv.model import Demand
from orchestrator.uv.refusal import Refusal
from orchestrator.uv.run import UvAnswer, is_set, run
from orchestrator.uv.told_dependencies import told_dependencies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from orchestrator.config.model import Project
    from orchestrator.resolution.leaks import Defaults
    from orchestrator.uv.core_metadata import Metadata
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin, Release, Resolution
    from runtime_shim.overrides.rules import Rule

# A question waits for the index, or for a release that is built, as long as it computes.
_QUESTIONS_A_PROCESSOR = 2
# Overriding one release can bring in another with overrides of its own.
_MOST_ROUNDS = 8


class Resolver:
    """Answers questions of one project for one interpreter; remembers every answer.

    The first question goes to the index, so that the cache is fresh; the others are asked offline first,
    which is ten times faster, and online again if the cache could not answer (see `cached`).

    :param rules: the overrides of `custom_dependencies_versions.json`.
    :param constraints: bounds that hold for everybody, PEP 508.
    :param defaults: what everybody finds without the overrides.
    :param unbuilt: distributions of which no source distribution is taken.
    """

    def __init__(
        self,
        project: Project,
        interpreter: Interpreter,
        rules: Sequence[Rule] = (),
        constraints: Iterable[str] = (),
        defaults: Defaults | None = None,
        unbuilt: Iterable[str] = (),
    ) -> None:
        self.project = project
        self.interpreter = interpreter
        self.rules = tuple(rules)
        self.constraints = tuple(constraints)
        self.defaults = defaults or {}
        self.unbuilt = frozenset(unbuilt)
        self._counter: list[None] = []  # a list, because threads count: `append` is one step, `+=` is not
        self._cache_is_fresh = False
        self._answers: dict[object, Resolution | Refusal] = {}
        self._metadata: dict[Release, Metadata | None] = {}
        self.calendar = Calendar(project, interpreter)
        self._variables = of_project(project)
        self._folders = {
            source["path"]: name
            for name, source in project.uv_sources.items()
            if isinstance(source, dict) and "path" in source
        }

    def is_for(self, project: Project, interpreter: Interpreter, rules: Sequence[Rule]) -> bool:
        """Tell whether the answers are those of a project, an interpreter and overrides."""
        return (self.project, self.interpreter, self.rules) == (project, interpreter, tuple(rules))

    def constrained(self, constraints: Iterable[str]) -> Resolver:
        """Return a resolver with more bounds that hold for everybody; what is known of metadata is shared."""
        return self._varied((*self.constraints, *constraints), self.unbuilt)

    def without_builds_of(self, names: Iterable[str]) -> Resolver:
        """Return a resolver that takes no source distributions of some more distributions."""
        return self._varied(self.constraints, self.unbuilt.union(names))

    def _varied(self, constraints: Iterable[str], unbuilt: Iterable[str]) -> Resolver:
        other = Resolver(self.project, self.interpreter, self.rules, constraints, self.defaults, unbuilt)
        other._cache_is_fresh = self._cache_is_fresh
        other._metadata = self._metadata
        other._variables = self._variables
        other.calendar = self.calendar
        other._counter = self._counter
        return other

    def without_time_limit(self) -> Resolver:
        """Return a resolver for which `[tool.mvenv] exclude-newer` does not hold."""
        return self._limited(None)

    def before(self, time: datetime) -> Resolver:
        """Return a resolver that knows only what was uploaded before a time."""
        return self._limited(time.isoformat())

    def _limited(self, time: str | None) -> Resolver:
        project = replace(self.project, exclude_newer=time)
        other = Resolver(project, self.interpreter, self.rules, self.constraints, self.defaults)
        other._cache_is_fresh = self._cache_is_fresh
        return other

    @property
    def calls(self) -> int:
        """Questions that uv was asked so far, those of constrained resolvers included."""
        return len(self._counter)

    def resolve(self, members: Sequence[Demand], preferences: Mapping[str, str]) -> Resolution | Refusal:
        """Resolve *members* together, preferring some versions: canonical name → version.

        :raises ResolutionError: if the index cannot be reached.
        """
        preferences = self._without_overridden(preferences)
        key = frozenset(members), frozenset(preferences.items())
        if key not in self._answers:
            self._answers[key] = self._resolve(members, preferences)
        return self._answers[key]

    def resolve_many(
        self, questions: Sequence[tuple[Sequence[Demand], Mapping[str, str]]]
    ) -> list[Resolution | Refusal]:
        """Answer several questions in parallel."""
        if len(questions) < 2 or not self._cache_is_fresh:
            return [self.resolve(*asked) for asked in questions]
        return in_parallel(lambda asked: self.resolve(*asked), questions, a_processor=_QUESTIONS_A_PROCESSOR)

    def refresh(self, questions: Sequence[Sequence[Demand]]) -> None:
        """Have uv look again at all that these questions concern, and forget what was answered before.

        :raises ResolutionError: if the index cannot be reached; what was answered before then stays.
        """
        in_parallel(
            lambda members: self._resolve(members, {}, from_index=True),
            questions,
            a_processor=_QUESTIONS_A_PROCESSOR,
        )
        self._answers.clear()

    def release_of(self, member: Demand) -> Pin | Refusal:
        """Choose the version of a requirement as if it had no dependencies."""
        answer = self._compile([member], {}, (), ["--no-deps"])
        return answer if isinstance(answer, Refusal) else answer.pins[member.name]

    def newest_of(self, members: Sequence[Demand]) -> dict[Demand, str]:
        """Return the version that each requirement would be if nothing had dependencies; left out is what has none.

        One question for all, if they do not ask for one distribution twice.
        """
        asked = {member.name: replace(member, constraints=_own(member), additions=()) for member in members}
        answer = self._compile(list(asked.values()), {}, (), ["--no-deps"]) if asked else None
        if isinstance(answer, Refusal) and len(asked) > 1:
            return {member: version for each in members for member, version in self.newest_of([each]).items()}
        if answer is None or isinstance(answer, Refusal):
            return {}
        twice = [member for member in members if asked[member.name].text != member.text]
        return {
            **{
                member: answer.pins[member.name].version
                for member in members
                if member not in twice
                and answer.pins[member.name].specification.startswith(f"{member.name}==")
            },
            **{member: version for each in twice for member, version in self.newest_of([each]).items()},
        }

    def metadata_of(self, pin: Pin) -> Metadata | None:
        """Return what a release itself says of its dependencies, None if that cannot be had."""
        release = pin.name, pin.version
        if release not in self._metadata:
            self._metadata[release] = metadata.read(pin, self.project, self.interpreter)
        return self._metadata[release]

    def _without_overridden(self, preferences: Mapping[str, str]) -> Mapping[str, str]:
        """Leave out what overrides decide: that version is for those alone whom they name."""
        decided = {rule.dependency for rule in self.rules}
        if not decided.intersection(preferences):
            return preferences
        return {name: version for name, version in preferences.items() if name not in decided}

    def _resolve(
        self, members: Sequence[Demand], preferences: Mapping[str, str], *, from_index: bool = False
    ) -> Resolution | Refusal:
        bare = {
            member.release: core_metadata.without_dependencies(member.release)
            for member in members
            if member.bare
        }
        if not self.rules:
            return self._compile(members, preferences, tuple(bare.values()), from_index=from_index)
        return self._resolve_overridden(members, preferences, bare, from_index=from_index)

    def _resolve_overridden(
        self,
        members: Sequence[Demand],
        preferences: Mapping[str, str],
        bare: Mapping[Release, Metadata],
        *,
        from_index: bool,
    ) -> Resolution | Refusal:
        """Resolve until the metadata that uv was told is what the rules say of the chains in its answer.

        Which rules apply is known only when there is an answer. Where there is none without overrides (they
        beat what a release says of itself), it is asked as if every rule applied.
        """
        given = dict(bare)
        hopeful = False
        for _ in range(_MOST_ROUNDS):
            answer = self._compile(members, preferences, tuple(given.values()), from_index=from_index)
            if isinstance(answer, Refusal):
                if hopeful:
                    return answer
                hopeful = True
                given |= {found.release: found for found in self._overridden(self._as_if_all_applied())}
                given |= bare
                continue
            needed = {
                found.release: found
                for found in self._overridden(overridden_versions(answer, members, self.rules))
            }
            needed |= bare
            present = {(pin.name, pin.version) for pin in answer.pins.values()}
            if all(given.get(release) == needed.get(release) for release in present):
                return answer
            given |= needed
            given = {
                release: found
                for release, found in given.items()
                if release in needed or release not in present
            }
        return Refusal("the overrides do not settle: each one brings in another", failure.Kind.OTHER)

    def _as_if_all_applied(self) -> dict[Release, list[Mapping[str, str]]]:
        """Return release → one demand of all rules that end in it; contradictory ones are left out."""
        found: dict[Release, dict[str, set[str]]] = {}
        for rule in self.rules:
            chosen = found.setdefault(rule.path[-1], {})
            chosen.setdefault(rule.dependency, set()).add(rule.version)
        return {
            release: [{name: min(versions) for name, versions in chosen.items() if len(versions) == 1}]
            for release, chosen in found.items()
        }

    def _overridden(self, demanded: Mapping[Release, list[Mapping[str, str]]]) -> list[Metadata]:
        own = [self._own_metadata(release) for release in demanded]
        return [
            core_metadata.overridden(found, chosen)
            for found, chosen in zip(own, demanded.values(), strict=True)
            if found is not None
        ]

    def _own_metadata(self, release: Release) -> Metadata | None:
        if release not in self._metadata:
            name, version = release
            chosen = self.release_of(Demand(f"{name}=={version}", name, ()))
            self._metadata[release] = None if isinstance(chosen, Refusal) else self.metadata_of(chosen)
        return self._metadata[release]

    def _compile(
        self,
        members: Sequence[Demand],
        preferences: Mapping[str, str],
        given: Sequence[Metadata],
        options: Sequence[str] = (),
        *,
        from_index: bool = False,
    ) -> Resolution | Refusal:
        while True:
            self._counter.append(None)
            with temporary_folder() as folder:
                arguments = request_files.write(
                    folder, self.project, members, preferences, given, self.constraints, self._variables
                )
                arguments += [*options, *self.interpreter.arguments]
                arguments += [
                    argument for name in sorted(self.unbuilt) for argument in ("--only-binary", name)
                ]
                answer = None
                if self._cache_is_fresh and not from_index and not is_set("UV_OFFLINE"):
                    answer = cached.resolution(
                        arguments,
                        cwd=self.project.root,
                        is_proof=lambda proof: excludes(proof, _asked(members)),
                        loggers=(compile_output.TELLING_OF_FILES,),
                    )
                    if answer is None:  # what uv wrote in the place of the preferences does not count either
                        request_files.write_preferences(folder, preferences)
                answer = answer or self._ask_index(arguments)
                told = told_dependencies(answer.log)
                if answer.code != 0:
                    refusal = Refusal(answer.stderr, failure.kind(answer.stderr), told)
                    # Of what the cache did not hold, "all versions" need not be all.
                    is_whole = refusal.kind is failure.Kind.UNSATISFIABLE and not missed_the_cache(answer.log)
                    return replace(refusal, told=(*told, *refusal.proof.dependences)) if is_whole else refusal
                text = (folder / request_files.OUTPUT).read_text("utf-8")
            parsed = compile_output.parse(
                text,
                question=request_files.NAME,
                folders=self._folders,
                root=self.project.root,
                log=answer.log,
            )
            found = replace(parsed, told=told)
            variables = of_pins(found.pins.values())
            if variables.keys() <= self._variables.keys():
                return found
            self._variables = {**variables, **self._variables}  # what uv knew of them may be of before

    def _ask_index(self, arguments: Sequence[str]) -> UvAnswer:
        ask = cached.all_there_is if is_set("UV_OFFLINE") else run
        answer = ask(arguments, cwd=self.project.root, loggers=(compile_output.TELLING_OF_FILES,))
        if answer.code != 0 and failure.kind(answer.stderr) is failure.Kind.NETWORK:
            raise ResolutionError(
                "cannot reach the package index",
                causes=failure.first_lines(answer.stderr, 3),
                hints=(
                    "check the network and uv's index settings (`UV_INDEX_URL`, `uv.toml`, `[tool.uv]`)",
                    "set `UV_OFFLINE=1` to build from uv's cache alone",
                ),
            )
        self._cache_is_fresh = True
        return answer


def _asked(members: Iterable[Demand]) -> list[Requirement]:
    """Return the requirements of a question; without those that hold only under some condition, or not."""
    asked = (one for member in members for one in (member.parsed, *map(Requirement, member.additions)))
    return [one for one in asked if one.marker is None]


def _own(member: Demand) -> tuple[str, ...]:
    """Return those constraints of a requirement that are about the distribution itself."""
    return tuple(bound for bound in member.constraints if name_of(bound) == member.name)
