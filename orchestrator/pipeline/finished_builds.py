"""A build that was made once need not be made again: it is taken from the cache, application environment and all.

What is taken is put in place as if it were what the last build has left, with its record; whether that is up to date is
found out as always. So the cache decides nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.environment_cache import builds, entries, isolated
from orchestrator.environment_cache.entries import DamagedError
from orchestrator.environment_cache.keys import key_of_build, key_of_record
from orchestrator.environment_cache.place import VARIABLE, cache_of, chosen, is_claimed, obstacle
from orchestrator.environment_cache.pruning import prune_in_passing
from orchestrator.environments import ownership
from orchestrator.environments.making import keep as keep_what_was_made
from orchestrator.environments.making import removed_if_it_fails
from orchestrator.environments.replacing import put_in_place
from orchestrator.environments.site import is_complete
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline.local_sources import local_pins, local_sources
from orchestrator.pipeline.made_own import make_own
from orchestrator.pipeline.same_outcome import expected
from orchestrator.state import generations, seal
from orchestrator.state.record import read_record, read_record_of, write_record
from orchestrator.system import pending
from orchestrator.system.durability import bring_name_to_disk, bring_to_disk
from orchestrator.system.interruption import held
from orchestrator.system.names import APPLICATION_FOLDER
from orchestrator.system.parallel import in_parallel
from orchestrator.system.paths import relative_nearby

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.environment_cache.place import Cache
    from orchestrator.environments.site import Site
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.pipeline.same_outcome import Expected
    from orchestrator.state.documents import Record
    from orchestrator.system.console import Reporter


def taken(inputs: BuildInputs, reporter: Reporter) -> BuildInputs:
    """Take the build that *inputs* ask for from the cache, if it is there and nothing is built yet.

    :return: the inputs with what is in place now as their last build; as they were if there was nothing to take.
    """
    if inputs.record is not None or inputs.answer is None or inputs.housing.repairs or pending.is_any():
        return inputs
    cache = None if inputs.overrides_file.changed_root else cache_of(inputs.project.root)
    if cache is None:
        return inputs
    root, asked = inputs.project.root, expected(inputs)
    has_sources = {**local_pins(asked.plan, root), **local_sources(inputs.project)}
    paths = [relative_nearby(site.lives_at, root) for site in asked.sites]
    key = key_of_build(asked.made_from, asked.content, paths, root if has_sources else None)
    keys = builds.isolated(cache, key)
    if keys is None or keys.keys() != set(paths) or not entries.is_there(cache, key):
        return inputs
    reporter.stage(f"Taking {len(paths) + 1} environments from the cache", len(paths) + 1)
    try:
        with removed_if_it_fails():
            record = _put_in_place(inputs, asked, cache, key, keys)
    except _IncompleteError:
        return inputs
    except DamagedError:  # by an edit: others may have been edited too, and uv's cache
        builds.discard(cache, key, keys.values())
        return replace(inputs, housing=replace(inputs.housing, repairs=True))
    reporter.say(f"Taken from the cache: {', '.join((APPLICATION_FOLDER, *paths))}")
    return replace(inputs, record=record)


def kept(root: Path, reporter: Reporter, *, is_worth_repeating: bool) -> None:
    """Keep what the last build of the project at *root* has made; say if it cannot be kept where somebody wants it.

    :param is_worth_repeating: whether nothing was wrong with the whole of it, so that nobody has to be told again.
    """
    record, cache = read_record(root), cache_of(root)
    if record is None or cache is None:
        return
    reason = obstacle(cache)
    if reason and chosen() and not is_claimed(cache):  # else it can be read at least
        reporter.warn(
            f"finished environments are not kept in `{chosen()}`, which {VARIABLE} names: {reason}; "
            "let it name a folder that is empty or theirs, or be `off`"
        )
    if reason:
        return
    paths = record["environments"]
    kept_as = in_parallel(lambda path: isolated.keep_finished(cache, root / path, root), paths)
    imports = record.get("imports")
    was_tried = imports is not None and not imports["failed"]
    found = {path: key for path, key in zip(paths, kept_as, strict=True) if key is not None}
    key = key_of_record(root, record)
    is_whole = is_worth_repeating and was_tried and len(found) == len(paths)
    if is_whole and entries.keep(cache, key, root / APPLICATION_FOLDER):
        builds.note(cache, key, found)
    prune_in_passing(cache)


class _IncompleteError(Exception):
    """The cache does not hold all of a build any more."""


def _put_in_place(
    inputs: BuildInputs, asked: Expected, cache: Cache, key: str, keys: dict[str, str]
) -> Record:
    root = inputs.project.root
    if asked.sites:
        ownership.claim_modules(root)

    def take(site: Site) -> None:
        path = relative_nearby(site.lives_at, root)
        if not is_complete(site) and not isolated.take_finished(cache, keys[path], site.folder, site.content):
            raise _IncompleteError

    in_parallel(take, asked.sites)
    target = root / APPLICATION_FOLDER
    folder = generations.free_folder(root, asked.content)
    record, sealed = read_record_of(cache.environments / key), entries.take(cache, key, folder)
    if record is None or sealed is None:
        raise _IncompleteError
    if record["graph"]["project"] != asked.graph["project"]:
        make_own(folder, inputs, asked.plan, asked.knowledge)
        sealed = seal.seal_of(folder, sealed["site_packages"])
    record = {
        **record,
        "seal": sealed,
        "graph": asked.graph,
        "knowledge": remember(asked.knowledge),
    }
    write_record(folder, record)

    @contextmanager
    def commit() -> Iterator[None]:
        with held():
            yield
            keep_what_was_made()

    bring_to_disk(root, folder)
    put_in_place(folder, target, commit)
    bring_name_to_disk(target)
    return record
