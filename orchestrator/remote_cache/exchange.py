"""Bringing environments from a remote cache into that of this machine, and sending them there.

What comes is what was sent, or it is not taken: the archive has the digest that its note names, and every file the
hash that the RECORDs and the seal tell, with no other beside them. Nothing of this fails a build: where the remote
cache cannot be used, it is not used any more; where something in it is not right, that is made here.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.environment_cache import builds, entries
from orchestrator.environment_cache.place import claim
from orchestrator.environment_cache.unfinished import unfinished
from orchestrator.environments.marking import mark, marking_of
from orchestrator.remote_cache import archive, store
from orchestrator.remote_cache.notes import RefusedError
from orchestrator.remote_cache.place import remote_of
from orchestrator.state import seal
from orchestrator.state.record import read_record_of, write_record
from orchestrator.system import shown
from orchestrator.system.parallel import in_parallel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from orchestrator.environment_cache.place import Cache
    from orchestrator.remote_cache.notes import Note
    from orchestrator.remote_cache.place import Remote
    from orchestrator.state.documents import Seal
    from orchestrator.system.console import Reporter
    from orchestrator.uv.interpreter import Interpreter

_ARCHIVE, _ENVIRONMENT = "archive", "environment"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The two caches of a build."""

    cache: Cache
    remote: Remote
    python: str
    """The interpreter that its environments are for."""
    reporter: Reporter

    def fetch(self, key: str) -> bool:
        """Bring an isolated environment here; return whether it is here then."""
        return self._reads and self._brought(key)

    def fetch_build(self, key: str, paths: Collection[str]) -> bool:
        """Bring what is missing here of a finished build; return whether all of it is here then.

        :param paths: folders of its isolated environments, relative to the project.
        """
        note = self._note(key) if self._reads else None
        if note is None or note.environments.keys() != set(paths):
            return False
        jobs = [(key, note, paths), *((each, None, ()) for each in note.environments.values())]
        if not all(in_parallel(lambda job: self._brought(*job), jobs)):
            return False
        builds.note(self.cache, key, note.environments)
        return True

    def send(self, key: str, environments: Mapping[str, str] | None = None) -> bool:
        """Send an environment of the cache here, unless it is there; return whether it was sent.

        :param environments: of an application environment: the isolated ones of its build, folder → key.
        """
        if not self.remote.writes or self.remote.is_given_up():
            return False
        if key not in self.remote.spoiled and self._note(key) is not None:
            return False
        named, entry = dict(environments or {}), self.cache.environments / key
        sealed = seal.read_seal(entry)
        if self.remote.is_given_up() or sealed is None or not seal.is_as_stamped(entry, sealed):
            return False
        try:
            with _beside(entry) as folder:
                archive.pack(entry, folder / _ARCHIVE, named)
                store.upload(self.remote, key, folder / _ARCHIVE, named)
        except RefusedError as error:
            self.reporter.warn(f"`{key}` is not sent to the remote cache: {error}")
            return False
        except Exception as error:  # noqa: BLE001 - each file system has errors of its own
            self.remote.give_up(error, self.reporter)
            return False
        return True

    @property
    def _reads(self) -> bool:
        return self.remote.reads and claim(self.cache)

    def _note(self, key: str) -> Note | None:
        if self.remote.is_given_up():
            return None
        try:
            return store.note_of(self.remote, key)
        except RefusedError as error:
            self._refuse(key, error)
        except Exception as error:  # noqa: BLE001 - each file system has errors of its own
            self.remote.give_up(error, self.reporter)
        return None

    def _brought(self, key: str, note: Note | None = None, outside: Collection[str] = ()) -> bool:
        if entries.is_there(self.cache, key):
            return True
        note = note or self._note(key)
        if note is None:
            return False
        entry = self.cache.environments / key
        try:
            with _beside(entry) as folder:
                store.download(self.remote, note, folder / _ARCHIVE)
                archive.unpack(folder / _ARCHIVE, folder / _ENVIRONMENT, self.python, outside)
                _verify(folder / _ENVIRONMENT)
                entries.discard(entry)  # what a power failure has left of one
                (folder / _ENVIRONMENT).rename(entry)
        except RefusedError as error:
            self._refuse(key, error)
        except Exception as error:  # noqa: BLE001 - each file system has errors of its own
            if not entries.is_there(self.cache, key):  # else another build was the first
                self.remote.give_up(error, self.reporter)
        return entries.is_there(self.cache, key)

    def _refuse(self, key: str, error: RefusedError) -> None:
        text = f"an environment in the remote cache {self.remote.url} is not taken: {error} ({key})"
        if self.remote.spoiled:  # what is wrong with one is wrong with many
            shown.note(text)
        else:
            self.reporter.warn(text)
        self.remote.spoiled.add(key)


def exchange_of(cache: Cache, interpreter: Interpreter, reporter: Reporter) -> Exchange | None:
    """Return the exchange with the remote cache of this build, None if it has none.

    :raises MvenvError: as :func:`orchestrator.remote_cache.place.remote_of`.
    """
    remote = remote_of()
    return None if remote is None else Exchange(cache, remote, interpreter.executable, reporter)


@contextmanager
def _beside(entry: Path) -> Iterator[Path]:
    with unfinished(entry) as folder:
        folder.mkdir()
        yield folder


def _verify(folder: Path) -> None:
    """Compare an environment with its seal, which gets the times that its files have now.

    :raises RefusedError: it is not what was sealed.
    """
    sealed = seal.read_seal(folder)
    if sealed is None or ".." in PurePosixPath(sealed["site_packages"]).parts:
        raise RefusedError("it has no seal")
    now: Seal = seal.seal_of(folder, sealed["site_packages"])
    if now["records"] != sealed["records"] or now["own"] != sealed["own"]:
        raise RefusedError("its files are others than were sealed")
    damaged = seal.damage(folder, sealed)
    if damaged:
        raise RefusedError(f"`{damaged[0].path}` in it is {damaged[0].kind}")
    record, marking = read_record_of(folder), marking_of(folder)
    if record is not None:
        write_record(folder, {**record, "seal": now})
    elif marking is not None:
        mark(folder, marking.model_copy(update={"seal": dict(now)}))
    else:
        raise RefusedError("its record is damaged")
