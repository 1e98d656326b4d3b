"""Finished environments at a place that several machines reach: what is sent, what is taken, and what is refused."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import fsspec  # type: ignore[import-untyped]
import pytest

from orchestrator.environment_cache import builds, entries
from orchestrator.environment_cache.place import Cache, claim
from orchestrator.environments.marking import Marking, mark
from orchestrator.remote_cache import archive, store
from orchestrator.remote_cache.exchange import Exchange
from orchestrator.remote_cache.place import Remote
from orchestrator.state import seal
from orchestrator.system.console import Reporter

if TYPE_CHECKING:
    from collections.abc import Callable

SITE_PACKAGES = "lib/python3.11/site-packages"
KEY, OTHER = "ab" * 32, "cd" * 32


class Told(Reporter):
    """Keeps what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"{request.param}://{tmp_path}/remote"


def opened(url: str, secret: bytes = b"") -> Remote:
    files, folder = fsspec.core.url_to_fs(url)
    return Remote(url, files, folder, secret=secret)


def machine(folder: Path, remote: Remote) -> Exchange:
    """Return the exchange of a machine that has nothing yet."""
    cache = Cache(folder, "copy")
    assert claim(cache)
    return Exchange(cache, remote, sys.executable, Told())


def warnings(exchange: Exchange) -> list[str]:
    assert isinstance(exchange.reporter, Told)
    return exchange.reporter.warnings


def environment(folder: Path) -> Path:
    """Make a finished one that holds `lib`, with links as mvenv's have."""
    info = folder / SITE_PACKAGES / "lib-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text(
        "lib.py,sha256=MqSIYUHqHFtl55dKcgcgelzruuYIUDVQ9M9oO9Ap9-U,13\nlib-1.0.dist-info/RECORD,,\n"
    )
    (folder / SITE_PACKAGES / "lib.py").write_text("word = 'one'\n")
    (folder / SITE_PACKAGES / "__pycache__").mkdir()
    (folder / SITE_PACKAGES / "__pycache__/lib.pyc").write_bytes(b"\0")
    (folder / "bin").mkdir()
    (folder / "bin/python").symlink_to(sys.executable)
    (folder / "bin/python3").symlink_to("python")
    (folder / "bin/lib").write_text("#!/bin/sh\n")
    (folder / "bin/lib").chmod(0o755)
    mark(folder, Marking(content="1a2b", name="lib", seal=dict(seal.seal_of(folder, SITE_PACKAGES))))
    return folder


@pytest.fixture
def first(tmp_path: Path, url: str) -> Exchange:
    """A machine that has sent an environment."""
    made = machine(tmp_path / "first", opened(url))
    assert entries.keep(made.cache, KEY, environment(tmp_path / "project/lib-1a2b"))
    assert made.send(KEY)
    assert not made.send(KEY), "it is there"
    return made


def test_what_was_sent_is_fetched(first: Exchange, tmp_path: Path) -> None:
    second = machine(tmp_path / "second", first.remote)
    assert second.fetch(KEY) and second.fetch(KEY)
    assert not second.fetch(OTHER)
    sealed = entries.take(second.cache, KEY, tmp_path / "taken")
    assert sealed is not None and seal.is_as_stamped(tmp_path / "taken", sealed)
    source, taken = tmp_path / "project/lib-1a2b", tmp_path / "taken"
    for name in (f"{SITE_PACKAGES}/lib.py", f"{SITE_PACKAGES}/__pycache__/lib.pyc", "bin/lib"):
        old, new = (source / name).stat(), (taken / name).stat()
        assert (source / name).read_bytes() == (taken / name).read_bytes()
        assert (old.st_mode, int(old.st_mtime)) == (new.st_mode, int(new.st_mtime))
    assert (taken / "bin/python").readlink() == Path(sys.executable)
    assert (taken / "bin/python3").readlink() == Path("python")
    assert not warnings(second)
    left = [each.name for each in (tmp_path / "second/environments-1").iterdir()]
    assert left == [KEY], "nothing unfinished"


def test_a_build_is_fetched_whole(first: Exchange, tmp_path: Path, url: str) -> None:
    """Its note names the isolated environments, which its links lead to."""
    application = environment(tmp_path / "project/application")
    view = application / "lib/python3.11/static_view"
    view.mkdir()
    (view / "lib.py").symlink_to(f"../../../../py_modules/lib-1a2b/{SITE_PACKAGES}/lib.py")
    mark(application, Marking(content="3c", seal=dict(seal.seal_of(application, SITE_PACKAGES))))
    entries.keep(first.cache, OTHER, application)
    assert first.send(OTHER, {"py_modules/lib-1a2b": KEY})
    second = machine(tmp_path / "second", opened(url))
    assert not second.fetch_build(OTHER, ["py_modules/another"])
    assert second.fetch_build(OTHER, ["py_modules/lib-1a2b"])
    assert builds.isolated(second.cache, OTHER) == {"py_modules/lib-1a2b": KEY}
    assert entries.is_there(second.cache, KEY) and entries.is_there(second.cache, OTHER)
    assert not warnings(second)


def test_the_link_of_an_application_leads_to_its_own_build_alone(first: Exchange, tmp_path: Path) -> None:
    application = environment(tmp_path / "project/application")
    (application / "elsewhere").symlink_to("../py_modules/other-1a/lib.py")
    mark(application, Marking(content="3c", seal=dict(seal.seal_of(application, SITE_PACKAGES))))
    entries.keep(first.cache, OTHER, application)
    assert not first.send(OTHER, {"py_modules/lib-1a2b": KEY})
    assert "is a link to `../py_modules/other-1a/lib.py`" in warnings(first)[0]


def test_what_has_been_edited_is_not_sent(tmp_path: Path, url: str) -> None:
    made = machine(tmp_path / "first", opened(url))
    entries.keep(made.cache, KEY, environment(tmp_path / "project/lib-1a2b"))
    (made.cache.environments / KEY / SITE_PACKAGES / "added.py").touch()
    assert not made.send(KEY) and not machine(tmp_path / "second", made.remote).fetch(KEY)


def shorter(remote: Remote, file: str) -> None:
    remote.files.pipe_file(file, remote.files.cat_file(file)[:-20])


def away(remote: Remote, file: str) -> None:
    fsspec.core.url_to_fs(remote.url)[0].rm_file(file)


def no_json(remote: Remote, file: str) -> None:
    remote.files.pipe_file(file, b"[" * 100_000)


@pytest.mark.parametrize(
    ("what", "change", "told"),
    [
        ("archive", shorter, "its archive is not the one that its note names"),
        ("archive", away, "its archive is not there"),
        ("note", shorter, "its note is damaged"),
        ("note", no_json, "its note is damaged"),
    ],
)
def test_damage(
    first: Exchange, tmp_path: Path, what: str, change: Callable[[Remote, str], None], told: str
) -> None:
    """It is told once, made here, and sent again."""
    note = store.note_of(first.remote, KEY)
    assert note is not None
    name = f"environments-1/{KEY}.json" if what == "note" else f"archives-1/{note.archive}.tar.gz"
    change(first.remote, f"{first.remote.folder}/{name}")
    second = machine(tmp_path / "second", opened(first.remote.url))
    assert not second.fetch(KEY) and not second.fetch(KEY)
    (said,) = warnings(second)
    assert told in said and KEY in said
    entries.keep(second.cache, KEY, tmp_path / "project/lib-1a2b")
    assert second.send(KEY)
    assert machine(tmp_path / "third", first.remote).fetch(KEY)


def test_files_that_nobody_knows_are_refused(tmp_path: Path, url: str) -> None:
    """Somebody who may write there has packed something else, and says so in the note."""
    remote = opened(url)
    for number, (name, text) in enumerate({"lib.py": "word = 'two'\n", "more.py": ""}.items()):
        folder = environment(tmp_path / f"changed-{number}")
        (folder / SITE_PACKAGES / name).write_text(text)
        archive.pack(folder, tmp_path / "archive", ())
        store.upload(remote, KEY, tmp_path / "archive", {})
        second = machine(tmp_path / f"machine-{number}", opened(url))
        assert not second.fetch(KEY)
        assert len(warnings(second)) == 1
        assert not entries.is_there(second.cache, KEY)


def test_a_secret(first: Exchange, tmp_path: Path) -> None:
    """A note counts for whoever shares the secret that it is signed with, or asks for none."""
    url = first.remote.url
    sender = machine(tmp_path / "sender", opened(url, b"secret"))
    assert not sender.fetch(KEY) and "not signed with this secret" in warnings(sender)[0]
    entries.keep(sender.cache, KEY, tmp_path / "project/lib-1a2b")
    assert sender.send(KEY)
    assert machine(tmp_path / "same", opened(url, b"secret")).fetch(KEY)
    assert machine(tmp_path / "none", opened(url)).fetch(KEY)
    assert not machine(tmp_path / "other", opened(url, b"other")).fetch(KEY)
    # The note of another environment is none of this one.
    note = sender.remote.files.cat_file(f"{sender.remote.folder}/environments-1/{KEY}.json")
    sender.remote.files.pipe_file(f"{sender.remote.folder}/environments-1/{OTHER}.json", note)
    assert not machine(tmp_path / "moved", opened(url, b"secret")).fetch(OTHER)


def test_a_place_that_cannot_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One warning, whoever asks, and nothing is asked again."""
    remote = opened(f"memory://{tmp_path}")
    asked = []

    def refuse(*arguments: object) -> bytes:
        asked.append(arguments)
        raise TimeoutError("the connection has timed out\nand more")

    monkeypatch.setattr(remote.files, "cat_file", refuse)
    made = machine(tmp_path / "first", remote)
    entries.keep(made.cache, KEY, environment(tmp_path / "project/lib-1a2b"))
    assert not made.fetch(OTHER) and not made.fetch_build(OTHER, []) and not made.send(KEY)
    assert len(asked) == 1
    assert warnings(made) == [
        f"this build goes on without the remote cache memory://{tmp_path}: the connection has timed out"
    ]


@pytest.mark.parametrize(("reads", "writes"), [(True, False), (False, True)])
def test_reading_and_writing(first: Exchange, tmp_path: Path, reads: bool, writes: bool) -> None:
    remote = opened(first.remote.url)
    remote.reads, remote.writes = reads, writes
    second = machine(tmp_path / "second", remote)
    assert second.fetch(KEY) is reads
    entries.keep(second.cache, OTHER, tmp_path / "project/lib-1a2b")
    assert second.send(OTHER) is writes


def test_several_send_and_fetch_at_once(tmp_path: Path, url: str) -> None:
    made = [machine(tmp_path / f"machine-{number}", opened(url)) for number in range(4)]
    folder = environment(tmp_path / "project/lib-1a2b")
    barrier = threading.Barrier(4)

    def work(exchange: Exchange) -> None:
        entries.keep(exchange.cache, KEY, folder)
        barrier.wait()
        exchange.send(KEY)

    threads = [threading.Thread(target=work, args=(each,)) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not any(warnings(each) for each in made)
    assert machine(tmp_path / "last", opened(url)).fetch(KEY)
    assert not [
        name for name in fsspec.core.url_to_fs(url)[0].find(made[0].remote.folder) if "unfinished" in name
    ]
