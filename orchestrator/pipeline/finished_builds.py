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
from orchestrator.remote_cache.exchange import exchange_of
from orchestrator.remote_cache.place import remote_of
from orchestrator.state import generations, seal
from orchestrator.state.record import read_record, read_record_of, write_record
from orchestrator.system import pending
from orchestrator.system.durability import bring_name_to_disk, bring_to_disk
from orchestrator.system.interruption import held
from orchestrator.system.names import APPLICATION_FOLDER
from orchestrator.system.parallel import in_parallel
from orchestrator.system.paths import relative_nearby

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from orchestrator.environment_cache.place import Cache
    from orchestrator.environments.site import Site
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.pipeline.same_outcome import Expected
    from orchestrator.remote_cache.exchange import Exchange
    from orchestrator.state.documents import Record
    from orchestrator.system.console import Reporter
    from orchestrator.uv.interpreter import Interpreter


def taken(inputs: BuildInputs, reporter: Reporter) -> BuildInputs:
    """Take the build that *inputs* ask for from the cache, if it is there and nothing is built yet.

    :return: the inputs with what is in place now as their last build; as they were if there was nothing to take.
    :raises MvenvError: as :func:`orchestrator.remote_cache.place.remote_of`.
    """
    remote_of()  # what is wrong with that is told before anything is done
    if inputs.record is not None or inputs.answer is None or inputs.housing.repairs or pending.is_any():
        return inputs
    cache = None if inputs.overrides_file.changed_root else cache_of(inputs.project.root)
    if cache is None:
        return inputs
    root, asked = inputs.project.root, expected(inputs)
    has_sources = {**local_pins(asked.plan, root), **local_sources(inputs.project)}
    paths = [relative_nearby(site.lives_at, root) for site in asked.sites]
    key = key_of_build(asked.made_from, asked.content, paths, root if has_sources else None)
    remote = None if has_sources else exchange_of(cache, inputs.interpreter, reporter)
    place = "the cache"
    if not _is_there(cache, key, paths):
        if remote is None or not remote.fetch_build(key, paths):
            return inputs
        place = remote.remote.url
    keys = builds.isolated(cache, key) or {}
    reporter.stage(f"Taking {len(paths) + 1} environments from the cache", len(paths) + 1)
    try:
        with removed_if_it_fails():
            record = _put_in_place(inputs, asked, cache, key, keys)
    except _IncompleteError:
        return inputs
    except DamagedError:  # by an edit: others may have been edited too, and uv's cache
        builds.discard(cache, key, keys.values())
        return replace(inputs, housing=replace(inputs.housing, repairs=True))
    reporter.say(f"Taken from {place}: {', '.join((APPLICATION_FOLDER, *paths))}")
    return replace(inputs, record=record)


def kept(root: Path, interpreter: Interpreter, reporter: Reporter, *, is_worth_repeating: bool) -> None:
    """Keep what the last build of the project at *root* has made, here and in the remote cache if there is one.

    Says if it cannot be kept where somebody wants it.

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
    found = {path: each for path, each in zip(paths, kept_as, strict=True) if each is not None}
    keys = {path: each.key for path, each in found.items()}
    key = key_of_record(root, record)
    is_whole = is_worth_repeating and was_tried and len(found) == len(paths)
    if is_whole and entries.keep(cache, key, root / APPLICATION_FOLDER):
        builds.note(cache, key, keys)
    else:
        is_whole = False
    remote = exchange_of(cache, interpreter, reporter)
    if remote is not None:
        free = [path for path, each in found.items() if not each.is_of_this_place]
        is_free = is_whole and len(free) == len(paths) and not record["inputs"]["sources"]
        _send(remote, {path: keys[path] for path in free}, key if is_free else None)
    prune_in_passing(cache)


def _send(remote: Exchange, isolated_keys: Mapping[str, str], key: str | None) -> None:
    """Send isolated environments, and the application's if it is one that others can have.

    :param isolated_keys: folder, relative to the project → key.
    :param key: the application environment's; it goes last, for its note names the others.
    """
    remote.reporter.stage(f"Sending environments to {remote.remote.url}")
    were_sent = in_parallel(remote.send, isolated_keys.values())
    sent = [path for path, was_sent in zip(isolated_keys, were_sent, strict=True) if was_sent]
    if key is not None and remote.send(key, isolated_keys):
        sent.insert(0, APPLICATION_FOLDER)
    if sent:
        remote.reporter.say(f"Sent to {remote.remote.url}: {', '.join(sent)}")


def _is_there(cache: Cache, key: str, paths: Collection[str]) -> bool:
    """Whether the cache has all of a build."""
    keys = builds.isolated(cache, key)
    if keys is None or keys.keys() != set(paths):
        return False
    return all(entries.is_there(cache, each) for each in (key, *keys.values()))


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
