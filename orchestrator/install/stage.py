"""Installing a whole plan, beside what is in use, and learning what was installed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.environment_cache import entries
from orchestrator.environment_cache.entries import DamagedError
from orchestrator.environment_cache.isolated import key_of_planned, take_planned
from orchestrator.environment_cache.place import cache_of
from orchestrator.environments import ownership, tool_files, venv
from orchestrator.environments.marking import Marking, mark
from orchestrator.environments.site import Housing, Site, Staged, is_complete
from orchestrator.install import installer
from orchestrator.install.cache import forget_damaged
from orchestrator.install.contents import clashes, import_names
from orchestrator.install.forbidding import forbidden
from orchestrator.install.hosts import HOSTS, parts_of
from orchestrator.install.kinship import kin
from orchestrator.install.record import InstalledDistribution, installed
from orchestrator.install.registering import with_registers
from orchestrator.install.usage import uses
from orchestrator.plan.instances import Instances
from orchestrator.plan.model import APPLICATION, Contents, Knowledge
from orchestrator.plan.views import path_order
from orchestrator.remote_cache.exchange import exchange_of
from orchestrator.state import generations
from orchestrator.system.names import APPLICATION_FOLDER
from orchestrator.system.parallel import in_parallel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.config.model import Project
    from orchestrator.lock.hashes import Hashes
    from orchestrator.plan.model import Plan, PlannedEnvironment
    from orchestrator.system.console import Reporter
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Release


def stage(
    plan: Plan,
    project: Project,
    interpreter: Interpreter,
    reporter: Reporter,
    hashes: Hashes,
    *,
    housing: Housing = Housing(),  # noqa: B008 - immutable
) -> Staged:
    """Install every environment of *plan* that is not there yet.

    Isolated environments go to folders named after their content; the application environment is made
    beside ``.venv``. What is in use is not touched.

    :param hashes: what the files of a distribution are known to be; others are refused.
    :param housing: which environments are to be made anew.
    :raises InstallError: if an environment could not be made.
    """
    root = project.root
    sites = housing.housed(installer.isolated_sites(plan, root, interpreter, hashes))
    homes = {site.environment.name: site.lives_at for site in sites}
    content = installer.content(plan.application, plan, interpreter, root, hashes)
    free = generations.free_folder(root, content)
    application = Site(plan.application, free, root / APPLICATION_FOLDER, content)
    if sites:
        ownership.claim_modules(root)
    missing = [application, *(site for site in sites if not is_complete(site))]
    reporter.stage(f"Installing {len(missing)} environments", len(missing))
    shared = venv.site_packages(application.lives_at, interpreter)

    def make(site: Site) -> None:
        seen: list[Path] = []
        if site is not application:
            borrowed = path_order(site.environment, plan)
            seen = [*(venv.site_packages(homes[home], interpreter) for home in borrowed), shared]
        repairs = housing.repairs
        if site is not application and not repairs:
            try:
                names = installer.names_of_seen(site, interpreter, seen)
                is_there = _is_taken(site, names, root, interpreter, reporter)
            except DamagedError:  # by an edit, which uv's cache may have as well
                is_there, repairs = False, True
            if is_there:
                reporter.advance()
                return
        installer.install(site, interpreter, project, seen, hashes)
        if repairs and forget_damaged(site, interpreter, project):
            installer.install(site, interpreter, project, seen, hashes)
        if site is not application:
            tool_files.write(site.folder, site.lives_at)
            mark(site.folder, Marking(content=site.content, name=site.environment.name))
        reporter.advance()

    in_parallel(make, missing)
    return Staged(application, tuple(sites))


def _is_taken(site: Site, seen: str, root: Path, interpreter: Interpreter, reporter: Reporter) -> bool:
    cache = cache_of(root)
    if cache is None:
        return False
    planned = key_of_planned(site, seen, root)
    remote = None if planned.is_of_this_place else exchange_of(cache, interpreter, reporter)
    if remote is not None and not entries.is_there(cache, planned.key):
        remote.fetch(planned.key)
    return take_planned(cache, planned.key, site)


def learn(
    staged: Staged,
    found: Mapping[str, Sequence[InstalledDistribution]],
    plan: Plan,
    knowledge: Knowledge,
    interpreter: Interpreter,
) -> Knowledge:
    """Return *knowledge* grown by what the staged environments turned out to hold.

    :param found: environment name → what is installed there.
    """
    contents = dict(knowledge.contents)
    pairs = set(knowledge.clashes)
    for site in staged.everywhere():
        folder = venv.site_packages(site.folder, interpreter)
        distributions = found[site.environment.name]
        for distribution in distributions:
            key = _key(distribution, site.environment)
            # What the interpreter finds elsewhere first is nobody's to provide: `json.py`, the backport of a module.
            names = sorted(
                name
                for name in {*import_names(distribution.files), *_editable_names(distribution)}
                if name.partition(".")[0] not in interpreter.standard
            )
            known = contents.get(key, Contents(distribution.name, distribution.version))
            contents[key] = Contents(
                *(distribution.name, distribution.version, tuple(names)),
                *(known.uses, known.registers, known.forbids),
            )
        pairs |= clashes(distributions, folder)
    grown = replace(knowledge, contents=contents, clashes=frozenset(pairs))
    if not plan.is_divided:
        return grown
    shared = venv.site_packages(staged.application.folder, interpreter)
    unversioned = {_key(distribution, plan.application): distribution for distribution in found[APPLICATION]}
    grown = _with_uses(grown, plan, unversioned, shared)
    everything = [
        (_key(distribution, site.environment), distribution, folder)
        for site in staged.everywhere()
        for folder in [venv.site_packages(site.folder, interpreter)]
        for distribution in found[site.environment.name]
    ]
    grown = replace(grown, kin=grown.kin | kin(plan, everything, grown.contents))
    return _with_forbidden(with_registers(grown, plan, everything), plan, everything, interpreter)


def _with_forbidden(
    knowledge: Knowledge,
    plan: Plan,
    everything: Sequence[tuple[Release, InstalledDistribution, Path]],
    interpreter: Interpreter,
) -> Knowledge:
    """Find which of the distributions that are in one environment alone the others' requirements exclude."""
    copies = Counter(name for each in plan.environments for name in each.pins)
    single = {
        name: pin.version
        for each in plan.environments
        for name, pin in each.pins.items()
        if copies[name] == 1
    }
    contents = dict(knowledge.contents)
    for key, distribution, _ in everything:
        excluded = forbidden(distribution.requires, single, interpreter.markers)
        contents[key] = replace(contents[key], forbids=excluded)
    return replace(knowledge, contents=contents)


def _key(distribution: InstalledDistribution, environment: PlannedEnvironment) -> tuple[str, str]:
    """Return how the plan calls an installed distribution; its metadata may spell the version differently."""
    name = distribution.canonical_name
    pin = environment.pins.get(name)
    return name, distribution.version if pin is None else pin.version


def _with_uses(
    knowledge: Knowledge,
    plan: Plan,
    unversioned: Mapping[tuple[str, str], InstalledDistribution],
    folder: Path,
) -> Knowledge:
    """Find unversioned distributions that import versioned ones, and whom that makes versioned in turn."""
    requires = [group.resolution.requires for group in plan.groups]
    while True:
        versioned = Instances(plan.groups, knowledge, plan.isolated).versioned
        hosts = frozenset(HOSTS) - versioned
        parts = parts_of(hosts, requires)
        required = frozenset(
            other
            for group in requires
            for name, needed in group.items()
            if name not in hosts | parts
            for other in needed
        )
        providers: dict[str, frozenset[str]] = {}
        for (name, _), contents in knowledge.contents.items():
            for top in contents.tops if name in versioned else ():
                providers[top] = providers.get(top, frozenset()) | {name}
        contents_now = dict(knowledge.contents)
        for key, distribution in unversioned.items():
            if key[0] not in versioned:
                known = contents_now[key]
                used = known.uses | uses(distribution, folder, providers, required, parts)
                contents_now[key] = replace(known, uses=used)
        grown = replace(knowledge, contents=contents_now)
        if grown == knowledge:
            return knowledge
        knowledge = grown


def _editable_names(distribution: InstalledDistribution) -> tuple[str, ...]:
    """Return the import names in the folders that a distribution adds to the search path (editable installs)."""
    files = [
        path.relative_to(folder).as_posix()
        for folder in map(Path, distribution.folders)
        for pattern in ("*.py", "*/*.py", "*/*/*.py", "*/*/*/*.py")
        for path in sorted(folder.glob(pattern))
    ]
    return import_names(files)


def installed_in(staged: Staged, interpreter: Interpreter) -> dict[str, list[InstalledDistribution]]:
    """Return environment name → what is installed there; reads all metadata, a tenth of a second for a hundred."""
    return {
        site.environment.name: list(installed(venv.site_packages(site.folder, interpreter)))
        for site in staged.everywhere()
    }


def added_folders(there: Mapping[str, Sequence[InstalledDistribution]]) -> Mapping[str, Sequence[str]]:
    """Return environment name → folders that ``.pth`` files of its distributions add to the search path.

    :param there: environment name → what is installed there.
    """
    return {
        name: [folder for distribution in distributions for folder in distribution.folders]
        for name, distributions in there.items()
    }
