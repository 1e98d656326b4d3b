"""The cache of finished environments: whether there is one, what is an entry, and what is removed."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.environment_cache import builds, entries, keys, place, pruning
from orchestrator.environment_cache.place import VARIABLE, Cache, cache_of, claim, is_claimed
from orchestrator.environment_cache.unfinished import UNFINISHED, unfinished
from orchestrator.environments.marking import Marking, NativeWork, mark
from orchestrator.errors import MvenvError
from orchestrator.state import seal
from orchestrator.system.cloning import clone

DAY = 24 * 60 * 60
SITE_PACKAGES = "lib/python3.11/site-packages"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(tmp_path / "cache", "hardlink")
    assert claim(made)
    return made


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A finished one that holds `lib`."""
    folder = tmp_path / "project/py_modules/lib-1a2b3c4d"
    info = folder / SITE_PACKAGES / "lib-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text("lib.py,,\n")
    (folder / SITE_PACKAGES / "lib.py").write_text("word = 'first'\n")
    (folder / "pyvenv.cfg").write_text("relocatable = true\n")
    mark(folder, Marking(content="1a2b3c4d", name="lib", seal=dict(seal.seal_of(folder, SITE_PACKAGES))))
    return folder


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose uv has its cache in a folder of the test's."""
    for name in ("UV_NO_CACHE", "UV_LINK_MODE", "UV_CONFIG_FILE", "UV_NO_CONFIG", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    project = tmp_path / "project"
    project.mkdir(exist_ok=True)
    return project


def test_it_is_beside_uvs(root: Path) -> None:
    found = cache_of(root)
    assert found == Cache(root.parent / "mvenv-environments", "clone")


def test_it_links_as_uv_does(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root.parent / "config/uv").mkdir(parents=True)
    (root.parent / "config/uv/uv.toml").write_text('link-mode = "hardlink"\n')
    found = cache_of(root)
    assert found is not None and found.link_mode == "hardlink"
    (root / "pyproject.toml").write_text('[tool.uv]\nlink-mode = "copy"\n')
    found = cache_of(root)
    assert found is not None and found.link_mode == "copy"
    monkeypatch.setenv("UV_LINK_MODE", "clone")
    found = cache_of(root)
    assert found is not None and found.link_mode == "clone"


@pytest.mark.parametrize(
    ("variable", "value"),
    [(VARIABLE, "off"), (VARIABLE, "0"), ("UV_NO_CACHE", "1"), ("UV_LINK_MODE", "symlink")],
)
def test_there_is_none(root: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    assert cache_of(root) is None


def test_there_is_none_where_uv_is_told_so_in_a_file(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.uv]\nno-cache = true\n")
    assert cache_of(root) is None


def test_another_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "../finished")
    found = cache_of(root)
    assert found is not None and os.path.normpath(found.folder) == str(root.parent / "finished")


def test_none_beside_a_mount_point(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", "/proc")
    assert cache_of(root) is None


def test_a_folder_of_somebody_elses(tmp_path: Path, environment: Path) -> None:
    """What has the cache's name and is not mvenv's stays as it is."""
    foreign = Cache(tmp_path / "cache", "hardlink")
    foreign.folder.mkdir()
    (foreign.folder / "mine").touch()
    assert place.obstacle(foreign) == "it holds something else"
    assert not claim(foreign) and not is_claimed(foreign)
    assert not entries.keep(foreign, "key", environment)
    pruning.prune_in_passing(foreign)
    assert pruning.clean(foreign) == 0
    assert [path.name for path in foreign.folder.iterdir()] == ["mine"]


def test_what_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file/below"):
        assert place.obstacle(Cache(folder, "hardlink")) == "it is no folder"


def test_what_cannot_be_written_to(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root everything can."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert place.obstacle(cache) == "it cannot be written to"


def test_what_is_kept_is_taken(cache: Cache, environment: Path, tmp_path: Path) -> None:
    assert entries.keep(cache, "key", environment) and entries.keep(cache, "key", environment)
    assert entries.take(cache, "key", tmp_path / "taken") == seal.read_seal(environment)
    source = tmp_path / "taken" / SITE_PACKAGES / "lib.py"
    assert source.samefile(environment / SITE_PACKAGES / "lib.py")
    assert not (tmp_path / "taken/pyvenv.cfg").samefile(environment / "pyvenv.cfg")
    assert not (tmp_path / "taken/mvenv.json").exists(), "whoever takes it has something to say himself"


def test_what_was_edited_is_not_taken(cache: Cache, environment: Path, tmp_path: Path) -> None:
    entries.keep(cache, "key", environment)
    with (environment / SITE_PACKAGES / "lib.py").open("a") as file:
        file.write("word = 'edited'\n")
    with pytest.raises(entries.DamagedError):
        entries.take(cache, "key", tmp_path / "taken")
    assert not (tmp_path / "taken").exists()
    assert list(cache.environments.iterdir()) == []


def test_other_times_are_no_edit(cache: Cache, environment: Path, tmp_path: Path) -> None:
    entries.keep(cache, "key", environment)
    os.utime(environment / SITE_PACKAGES / "lib.py", (1, 1))
    sealed = entries.take(cache, "key", tmp_path / "taken")
    assert sealed is not None and seal.is_as_stamped(tmp_path / "taken", sealed)


def test_what_a_power_failure_left_is_made_again(cache: Cache, environment: Path, tmp_path: Path) -> None:
    entry = cache.environments / "key"
    entry.mkdir()
    (entry / "mvenv.json").touch()
    assert entries.take(cache, "key", tmp_path / "taken") is None
    assert entries.keep(cache, "key", environment)
    assert entries.take(cache, "key", tmp_path / "taken") is not None


def test_a_cache_that_is_removed_meanwhile(
    cache: Cache, environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries.keep(cache, "key", environment)

    def cloned(source: Path, target: Path, *_: object, **__: object) -> None:
        target.mkdir()
        pruning.clean(cache)
        raise FileNotFoundError(source)

    monkeypatch.setattr(entries, "clone", cloned)
    assert entries.take(cache, "key", tmp_path / "taken") is None
    assert not (tmp_path / "taken").exists()


def test_a_full_disk(cache: Cache, environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cloned(_: Path, target: Path, *__: object, **___: object) -> None:
        target.mkdir()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(entries, "clone", cloned)
    assert not entries.keep(cache, "key", environment)
    assert list(cache.environments.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[1", '["key"]', '{"py_modules/lib": 1}', "[" * 100_000])
def test_a_damaged_index(cache: Cache, text: str) -> None:
    builds.note(cache, "key", {"py_modules/lib": "other"})
    assert builds.isolated(cache, "key") == {"py_modules/lib": "other"}
    (cache.builds / "key.json").write_text(text)
    assert builds.isolated(cache, "key") is None


def test_pruning(cache: Cache, environment: Path) -> None:
    for key in ("old", "new"):
        entries.keep(cache, key, environment)
        builds.note(cache, key, {})
    left = [cache.environments / f"{UNFINISHED}{age}" for age in ("old", "new")]  # no lock's file
    for folder in left:
        folder.mkdir()
    now = time.time()
    os.utime(cache.environments / "old", (now - 31 * DAY,) * 2)
    os.utime(cache.environments / "new", (now - 29 * DAY,) * 2)
    os.utime(left[0], (now - 2 * DAY,) * 2)
    assert pruning.prune(cache) == 1
    assert sorted(path.name for path in cache.environments.iterdir()) == [left[1].name, "new"]
    assert [path.name for path in cache.builds.iterdir()] == ["new.json"]


def test_pruning_in_passing_is_done_once_a_day(cache: Cache, environment: Path) -> None:
    entries.keep(cache, "key", environment)
    pruning.prune_in_passing(cache)
    os.utime(cache.environments / "key", (1, 1))
    pruning.prune_in_passing(cache)
    assert (cache.environments / "key").exists()
    os.utime(cache.folder / "pruned", (time.time() - 2 * DAY,) * 2)
    pruning.prune_in_passing(cache)
    assert not (cache.environments / "key").exists()


@pytest.mark.parametrize("place", ["environments", "layers"])
def test_what_killed_builds_have_left(cache: Cache, place: str) -> None:
    """It is removed by the next build; what another is making stays."""
    entry: Path = getattr(cache, place) / "key"
    entry.parent.mkdir(exist_ok=True)
    killed = entry.with_name(f"{UNFINISHED}killed")
    killed.mkdir()
    (killed / "file").touch()
    for name in (killed.name, f"{UNFINISHED}before-it-was-begun"):
        entry.with_name(f"{name}.lock").touch()
    with unfinished(entry) as being_made:
        being_made.mkdir()
        pruning.prune_in_passing(cache)
        left = sorted(path.name for path in entry.parent.iterdir())
        assert left == [being_made.name, f"{being_made.name}.lock"]
    assert list(entry.parent.iterdir()) == []
    assert pruning.prune(cache) == 0


def test_cleaning_by_name(cache: Cache, environment: Path) -> None:
    entries.keep(cache, "key", environment)
    assert pruning.clean(cache, ["other"]) == 0
    assert pruning.clean(cache, ["LIB"]) == 1
    assert pruning.clean(cache) == 0 and not cache.folder.exists()


def test_another_c_library_is_another_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its wheels are others, by the same lock and at the same place of the interpreter."""
    found = set()
    for tag in ("manylinux_2_36_x86_64", "manylinux_2_39_x86_64", "musllinux_1_2_x86_64"):
        monkeypatch.setattr("packaging.tags.platform_tags", lambda tag=tag: iter([tag]))
        keys._libraries.cache_clear()
        found.add(keys.key_of_environment(tmp_path, "1a2b", NativeWork(), "", None))
    keys._libraries.cache_clear()
    assert len(found) == 3


@pytest.mark.parametrize("mode", ["clone", "hardlink", "copy"])
def test_a_clone(tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "bin").mkdir(parents=True)
    (source / "lib").mkdir()
    for name in ("bin/command", "lib/module.py", "left.json"):
        (source / name).write_text(name)
        os.utime(source / name, ns=(1, 1_000_000_007))
    (source / "bin/command").chmod(0o755)
    (source / "bin/python").symlink_to("/nowhere")
    if mode == "hardlink":  # as between file systems
        monkeypatch.setattr(os, "link", _refused)
    clone(source, target, mode, copied=("bin",), left_out=("left.json",))
    assert not (target / "left.json").exists()
    assert (target / "bin/python").readlink() == Path("/nowhere")
    for name in ("bin/command", "lib/module.py"):
        old, new = (source / name).stat(), (target / name).stat()
        assert (target / name).read_text() == name
        assert (old.st_mtime_ns, old.st_mode) == (new.st_mtime_ns, new.st_mode)
    assert not (target / "bin/command").samefile(source / "bin/command")
    if mode != "clone":
        assert not (target / "lib/module.py").samefile(source / "lib/module.py")


def _refused(*_: object) -> None:
    raise OSError(18, "Invalid cross-device link")


def test_the_modes_are_those_that_can_be_cloned(tmp_path: Path) -> None:
    for mode in place.LINK_MODES:
        (tmp_path / mode).mkdir()
        clone(tmp_path / mode, tmp_path / f"{mode}-cloned", mode)


@pytest.mark.parametrize("begun", ["", "environments-1", "builds-1", "CACHEDIR.TAG"])
def test_several_may_begin_at_once(begun: str, tmp_path: Path) -> None:
    """Another thread or build has got as far as this."""
    cache = Cache(tmp_path / "cache", "hardlink")
    cache.folder.mkdir()
    if begun == "CACHEDIR.TAG":
        (cache.folder / begun).touch()
    elif begun:
        (cache.folder / begun).mkdir()
    assert claim(cache) and is_claimed(cache)


def test_many_threads_begin_at_once(tmp_path: Path) -> None:
    for number in range(50):
        cache = Cache(tmp_path / f"cache-{number}", "hardlink")
        barrier = threading.Barrier(4)

        def begin(cache: Cache = cache, barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            return claim(cache)

        with ThreadPoolExecutor(4) as pool:
            assert all(each.result() for each in [pool.submit(begin) for _ in range(4)])


def test_cleaning_what_stays(cache: Cache, environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root nothing stays because of its permissions."""
    assert entries.keep(cache, "key", environment)
    monkeypatch.setattr(builds, "discard", lambda *_: None)
    with pytest.raises(MvenvError, match="1 of 1 finished environments cannot be removed"):
        pruning.clean(cache, ["lib"])
