"""`sys.path` by caller, compared with plain lists, under any sequence of operations.

The model. Every side (the application, two environments) has a plain list of its own. Whoever operates does so on its
list, with `list`'s own method: what it sees afterwards is exactly that. The others' lists then are what their plain
venvs would show had the same been done there:

- entries outside environments' folders are the same ones in the same order for everybody;
- entries of its own folders each side keeps, nobody else sees, and they keep their order, but for the environment's
  `site-packages`, which goes where the application's goes;
- what was put at the start, or at the end, is there for everybody, and what was taken out is gone, nothing else;
- reversing and sorting are done to everybody's list.
"""

from __future__ import annotations

import contextlib
import copy
import site
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from runtime_shim.caller.files import CodeFiles
from runtime_shim.model.environment import Environment, Environments
from runtime_shim.views import sys_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SITE = "/project/.venv/site"
START = ["/project", "/usr/lib/python3", SITE]
PUBLIC = ["/project", "/usr/lib/python3", SITE, "/one", "/two"]
OWN = {"a": ["/project/py_modules/a/site", "/project/py_modules/a/one"], "b": ["/project/py_modules/b/site"]}
SIDES = ["application", "a", "b"]


class PathList(list):  # type: ignore[type-arg]
    """A class of the kind that `sys.path` is of, for one process that is told of here."""

    __slots__ = ()
    at_start: frozenset[str] = frozenset()


class _Sys:
    """`sys` with a path of its own."""

    def __init__(self, path: list[str]) -> None:
        self.path = path

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class Process:
    """One process with the application and two environments, whose calling code is told instead of found."""

    def __init__(self) -> None:
        application = Environment("application", None, [SITE])
        environments = Environments()
        self.sides = {"application": application}
        for name, paths in OWN.items():
            self.sides[name] = Environment(name, application, paths[:1])
        environments.everyone = list(self.sides.values())
        files = CodeFiles()
        folders: dict[str, Environment | None] = {"/usr/lib/python3/": None, "/project/.venv/": None}
        folders.update({f"/project/py_modules/{name}/": self.sides[name] for name in OWN})
        files.configure(application, folders, ["/project"])
        self.calling = application
        self.patches = contextlib.ExitStack()
        list_type = type("PathList", (PathList,), {"__slots__": ()})
        self.sys = _Sys(list_type(START))
        frames = SimpleNamespace(find=lambda _: self.calling)
        for name, value in {
            "sys": self.sys,
            "frames": frames,
            "code_files": files,
            "known": environments,
            "_view": sys_path._View(),  # a process of its own
        }.items():
            self.patches.enter_context(mock.patch.object(sys_path, name, value))
        self.patches.enter_context(mock.patch.object(site, "sys", self.sys))
        sys_path.install(list_type, "")

    def by(self, side: str) -> list[str]:
        """Let *side* call from now on, and return what it has as `sys.path`."""
        self.calling = self.sides[side]
        return self.sys.path

    def seen(self, side: str) -> list[str]:
        """Return what *side* sees."""
        return [*self.by(side)]


@pytest.fixture
def process() -> Iterator[Process]:
    made = Process()
    with made.patches:
        yield made


def is_own(entry: str) -> bool:
    return "/py_modules/" in entry


def public(path: list[str]) -> list[str]:
    return [entry for entry in path if not is_own(entry)]


def own(path: list[str]) -> list[str]:
    return [entry for entry in path if is_own(entry)]


sides = st.sampled_from(SIDES)
positions = st.integers(-6, 6)
slices = st.builds(slice, positions | st.none(), positions | st.none(), st.sampled_from([None, 1, 2, -1]))


@st.composite
def sided(draw: Callable[..., Any]) -> tuple[str, list[str]]:
    """A side, and entries that its code may add."""
    side = draw(sides)
    return side, draw(st.lists(st.sampled_from(PUBLIC + OWN.get(side, [])), max_size=3))


class SysPath(RuleBasedStateMachine):
    """Every list method, by anybody, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.process = Process()
        self.plain: dict[str, list[str]] = {}

    def teardown(self) -> None:
        self.process.patches.close()

    @initialize()
    def all_look(self) -> None:
        self.plain = {side: [*START[:2], *OWN.get(side, [])[:1], SITE] for side in SIDES}

    @invariant()
    def everybody_sees_a_plain_list(self) -> None:
        for side, expected in self.plain.items():
            assert self.process.seen(side) == expected
            assert sys_path.contents(self.process.sides[side]) == expected

    def operate(self, side: str, operation: Callable[[Any], Any], *, in_thread: bool = False) -> None:
        """Do the same to what *side* has as `sys.path` and to its plain list."""
        expected: Any = None
        found: Any = None
        try:
            expected = operation(self.plain[side])
        except (ValueError, IndexError, TypeError) as error:
            expected = repr(error)

        def act() -> None:
            nonlocal found
            path = self.process.by(side)
            try:
                result = operation(path)
                found = self.plain[side] if result is path else result
            except (ValueError, IndexError, TypeError) as error:
                found = repr(error)

        if in_thread:
            thread = Thread(target=act)
            thread.start()
            thread.join()
        else:
            act()
        assert found == expected
        assert self.process.seen(side) == self.plain[side]

    def others_follow(self, by: str, change: Callable[[list[str]], list[str]] | None = None) -> None:
        """Hold what the others see against the model, by the exact *change* to their lists where it is known."""
        for side in SIDES:
            if side != by:
                seen, before = self.process.seen(side), self.plain[side]
                assert public(seen) == public(self.plain[by])
                assert set(own(seen)) <= set(OWN.get(side, []))
                if change is None:
                    assert sorted(own(seen)) == sorted(own(before))
                # Where the list was empty the start is the end; where `site-packages` has just come back, it has
                # brought the environment's along.
                elif public(before) and (SITE in before or SITE not in seen):
                    assert seen == change(list(before))
                self.plain[side] = seen

    @rule(what=sided(), way=st.sampled_from(["append", "extend", "+="]), in_thread=st.booleans())
    def add_behind(self, what: tuple[str, list[str]], way: str, in_thread: bool) -> None:
        side, entries = what

        def operation(path: list[str]) -> Any:
            if way == "append":
                return list(map(path.append, entries))
            return path.extend(iter(entries)) if way == "extend" else path.__iadd__(entries)

        self.operate(side, operation, in_thread=in_thread)
        self.others_follow(side, lambda path: path + public(entries))

    @rule(what=sided(), way=st.sampled_from(["insert", "slice", "again"]), in_thread=st.booleans())
    def add_in_front(self, what: tuple[str, list[str]], way: str, in_thread: bool) -> None:
        side, entries = what
        if way == "again" and self.plain[side]:
            entries = self.plain[side][:1]

        def operation(path: list[str]) -> None:
            if way == "slice":
                path[:0] = entries
            else:
                for entry in reversed(entries):
                    path.insert(0, entry)

        self.operate(side, operation, in_thread=in_thread)
        self.others_follow(side, lambda path: public(entries) + path)

    @rule(what=sided(), position=positions)
    def insert(self, what: tuple[str, list[str]], position: int) -> None:
        for entry in what[1][:1]:
            self.operate(what[0], lambda path: path.insert(position, entry))
            self.others_follow(what[0])

    @rule(side=sides, position=positions, way=st.sampled_from(["pop", "del"]), in_thread=st.booleans())
    def take_out(self, side: str, position: int, way: str, in_thread: bool) -> None:
        before = list(self.plain[side])
        try:
            gone = before[position]
        except IndexError:
            nth = -1
        else:
            nth = -1 if is_own(gone) else len(public(before[: position % len(before)]))
        self.operate(
            side,
            lambda path: path.pop(position) if way == "pop" else path.__delitem__(position),
            in_thread=in_thread,
        )
        self.others_follow(side, lambda path: without_nth_public(path, nth))

    @rule(side=sides, entry=st.sampled_from(PUBLIC + OWN["a"]))
    def remove(self, side: str, entry: str) -> None:
        before = list(self.plain[side])
        nth = -1
        if entry in before and not is_own(entry):
            nth = len(public(before[: before.index(entry)]))
        self.operate(side, lambda path: path.remove(entry))
        self.others_follow(side, lambda path: without_nth_public(path, nth))

    @rule(side=sides)
    def reverse(self, side: str) -> None:
        self.operate(side, lambda path: path.reverse())
        self.others_follow(side, lambda path: path[::-1])

    @rule(side=sides, descending=st.booleans(), by_length=st.booleans())
    def sort(self, side: str, descending: bool, by_length: bool) -> None:
        key = len if by_length else None
        self.operate(side, lambda path: path.sort(key=key, reverse=descending))
        self.others_follow(side, lambda path: sorted(path, key=key, reverse=descending))

    @rule(side=sides, entry=st.sampled_from(PUBLIC))
    def sort_with_a_key_that_knows_no_more(self, side: str, entry: str) -> None:
        ranks = {known: rank for rank, known in enumerate([entry, *self.plain[side]])}
        self.operate(side, lambda path: path.sort(key=lambda item: ranks[str(item)]))
        for other in SIDES:
            if other != side:
                seen = self.process.seen(other)
                assert public(seen) == public(self.plain[side])
                assert sorted(own(seen)) == sorted(own(self.plain[other]))
                self.plain[other] = seen

    @rule(what=sided(), where=slices)
    def set_slice(self, what: tuple[str, list[str]], where: slice) -> None:
        side, entries = what

        def operation(path: list[str]) -> None:
            path[where] = entries

        self.operate(side, operation)
        self.others_follow(side)

    @rule(what=sided(), position=positions)
    def set_item(self, what: tuple[str, list[str]], position: int) -> None:
        for entry in what[1][:1]:
            self.operate(what[0], lambda path: path.__setitem__(position, entry))
            self.others_follow(what[0])

    @rule(side=sides, where=slices)
    def delete_slice(self, side: str, where: slice) -> None:
        self.operate(side, lambda path: path.__delitem__(where))
        self.others_follow(side)

    @rule(side=sides, factor=st.integers(0, 2))
    def multiply(self, side: str, factor: int) -> None:
        if len(self.plain[side]) * factor < 40:
            self.operate(side, lambda path: path.__imul__(factor))
            self.others_follow(side)

    @rule(side=sides)
    def clear_and_fill(self, side: str) -> None:
        """What is put back as it was is as it was for everybody."""
        if SITE not in self.plain[side]:
            return
        saved = list(self.plain[side])

        def operation(path: list[str]) -> None:
            path.clear()
            path.extend(saved)

        self.operate(side, operation)
        self.others_follow(side)
        for other in SIDES:
            if other != side and own(self.plain[other]) == OWN.get(other, [""])[:1]:
                assert self.plain[other].index(SITE) == self.plain[other].index(OWN[other][0]) + 1

    @rule(side=sides)
    def loop_that_changes(self, side: str) -> None:
        def operation(path: list[str]) -> list[str]:
            seen = []
            for entry in path:
                seen.append(entry)
                if entry == "/one":
                    path.remove(entry)
            return seen

        self.operate(side, operation)
        self.others_follow(side)

    @rule(what=sided(), way=st.sampled_from(["in front", "behind", "copy", "other"]))
    def assign(self, what: tuple[str, list[str]], way: str) -> None:
        """`sys.path = …`, made from what one sees, sets the list of whoever has seen that."""
        side, entries = what
        path = self.process.by(side)
        made = {
            "in front": lambda: entries + path,
            "behind": lambda: path + entries,
            "copy": lambda: copy.copy(path),
            "other": lambda: [*public(entries), *path[1:]],
        }[way]()
        assert type(made) is list
        kept = own(self.plain[side])
        self.process.sys.path = list(made)
        sys_path.reclaim()
        assert type(self.process.sys.path) is not list
        assert public(self.process.seen(side)) == public(made)
        if own(made) or not kept:
            assert self.process.seen(side) == made
        self.plain[side] = self.process.seen(side)
        self.others_follow(side)

    @rule(side=sides, other=sides)
    def assign_for_a_while(self, side: str, other: str) -> None:
        """`mock.patch`: the same object is back in the end, for everybody."""
        if not public(self.plain[side]):
            return
        path = self.process.by(side)
        before = {one: list(seen) for one, seen in self.plain.items()}
        self.process.sys.path = ["/patched", *path]
        sys_path.reclaim()
        self.process.by(other).append("/meanwhile")
        for one in SIDES:
            seen = self.process.seen(one)
            assert (seen[0], seen[-1], seen[1:-1]) == ("/patched", "/meanwhile", before[one])
            assert [*path] == before[one]
        self.process.sys.path = path

    @rule(side=sides)
    def add_site_folder(self, side: str) -> None:
        with TemporaryDirectory() as folder:
            Path(folder, "more").mkdir()
            Path(folder, "some.pth").write_text("more\n", encoding="utf-8")
            added = [folder, f"{folder}/more"]
            real = site.addsitedir
            self.process.by(side)
            real(folder)
            self.plain[side] += added
            assert self.process.seen(side) == self.plain[side]
            self.others_follow(side, lambda path: path + added)
            self.operate(side, lambda path: path.__delitem__(slice(-2, None)))
            self.others_follow(side)

    @rule(entry=st.sampled_from(PUBLIC))
    def c_code(self, entry: str) -> None:
        """`PyList_Insert` and its kin see the storage."""
        list.insert(self.process.sys.path, 0, entry)
        self.plain["application"].insert(0, entry)
        self.others_follow("application", lambda path: [entry, *path])


def without_nth_public(path: list[str], nth: int) -> list[str]:
    found = [position for position, entry in enumerate(path) if not is_own(entry)]
    return path if nth < 0 else path[: found[nth]] + path[found[nth] + 1 :]


TestSysPath = SysPath.TestCase
TestSysPath.settings = settings(
    max_examples=40,
    stateful_step_count=15,
    report_multiple_bugs=False,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_threads_lose_nothing(process: Process) -> None:
    """Changes that several threads make at once are all there afterwards, as they are with a list."""
    process.seen("a")

    def add(name: str) -> None:
        for number in range(25):
            process.sys.path.append(f"/{name}/{number}")
            process.sys.path.remove(f"/{name}/{number}")
            process.sys.path.insert(0, f"/{name}/{number}")

    threads = [Thread(target=add, args=(name,)) for name in "xyz"]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert sorted(process.seen("a")[:75]) == sorted(f"/{name}/{n}" for name in "xyz" for n in range(25))
    assert process.seen("a")[75:] == [*START[:2], *OWN["a"][:1], SITE]


def test_an_assigned_list_is_its_makers(process: Process) -> None:
    """A saved copy that is assigned again undoes what its maker has added, whoever imports next (OpenCV's loader)."""
    path = process.by("a")
    saved = copy.copy(path)
    path.insert(1, OWN["a"][1])
    process.sys.path = saved
    process.by("application")
    sys_path.reclaim()
    assert process.seen("a") == saved
    assert process.seen("application") == START
    assert process.seen("b") == [*START[:2], *OWN["b"], SITE]


def test_a_list_put_together_from_views(process: Process) -> None:
    """What no one view has held is the application's, without anybody's folders."""
    process.sys.path = [*process.seen("a"), *process.seen("b"), "/new"]
    sys_path.reclaim()
    assert process.seen("application") == [*START, *START, "/new"]
    assert public(process.seen("a")) == process.seen("application")
    assert own(process.seen("a")) == OWN["a"][:1]


def test_a_list_that_came_from_the_process_before(process: Process) -> None:
    """A spawned child is given the list of the one that has started it before any environment is in play."""
    process.sys.path = ["/first", *START[:2], *OWN["b"], SITE]
    sys_path.reclaim()
    assert process.seen("b") == ["/first", *START[:2], *OWN["b"], SITE]
    assert process.seen("application") == ["/first", *START]


def test_a_neighbours_folder_stays_with_who_adds_it(process: Process) -> None:
    """The folder of a borrowed distribution, put on the path, is for the borrower: nobody else's imports search it."""
    process.by("a").insert(0, OWN["b"][0])
    assert process.seen("a")[0] == OWN["b"][0]
    assert process.seen("application") == START
    assert process.seen("b") == [*START[:2], *OWN["b"], SITE]


def test_errors_are_lists_own_and_change_nothing(process: Process) -> None:
    path: Any = process.by("a")
    before = process.seen("a")
    operations: list[tuple[Any, type[Exception]]] = [
        (lambda: path.remove("absent"), ValueError),
        (lambda: path.pop(99), IndexError),
        (lambda: path.extend(None), TypeError),
        (lambda: path.__setitem__(slice(0, 2, 2), ["1", "2"]), ValueError),
        (lambda: path.sort(key=lambda entry: entry / 2), TypeError),
    ]
    for operation, kind in operations:
        with pytest.raises(kind):
            operation()
        assert process.seen("a") == before


def test_entries_of_any_type(process: Process) -> None:
    """`pathlib` paths, bytes and None are entries like any: importlib passes over them."""
    path: Any = process.by("a")
    given = [Path("/one"), b"/two", None, Path("/one")]
    path[:0] = given
    path.append(given[0])
    del path[3]
    assert process.seen("application") == [*given[:3], *START, given[0]]
    assert path.pop(0) is given[0]
    assert type(path.pop(1)) is type(given[2])
    assert type(path[-2]) is str
