"""Which libraries would be taken for another environment's, on values made up for it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.native.decide import decide, own_name, suspects
from orchestrator.native.model import Change, NativePlace, SharedObject

if TYPE_CHECKING:
    from typing import TypedDict, Unpack

    class Fields(TypedDict, total=False):
        """What differs from one test to another."""

        rpath: tuple[str, ...]
        runpath: tuple[str, ...]
        unique: frozenset[str]
        uses_python: bool
        file_id: tuple[int, int]


def place(name: str, *objects: SharedObject, sees: tuple[str, ...] = (), in_use: bool = False) -> NativePlace:
    return NativePlace(name, f"tag{name}", objects, sees=sees, in_use=in_use)


def library(
    content: str,
    *,
    needed: tuple[str, ...] = (),
    name: str = "libfoo.so.1",
    **more: Unpack[Fields],
) -> SharedObject:
    whole = SharedObject(f"pkg.libs/{name}", name, needed, runpath=("$ORIGIN",), content=content)
    return dataclasses.replace(whole, **more)


def module(
    content: str = "", *, needed: tuple[str, ...] = ("libfoo.so.1",), **more: Unpack[Fields]
) -> SharedObject:
    whole = SharedObject("pkg/_ext.so", "", needed, runpath=("$ORIGIN/../pkg.libs",), content=content)
    return dataclasses.replace(whole, **more)


def renames(changes: tuple[Change, ...]) -> dict[str, dict[str, str]]:
    return {change.place: dict(change.names) for change in changes if change.names}


def test_the_first_keeps_its_name_and_the_second_gets_one() -> None:
    changes = decide([place("a", module("1"), library("x")), place("b", module("2"), library("y"))])
    assert len(changes) == 1
    change = changes[0]
    assert change.place == "b"
    assert change.names == {"libfoo.so.1": "libfoo-tagb.so.1"}
    assert {edit.path: (edit.soname, dict(edit.needed)) for edit in change.edits} == {
        "pkg/_ext.so": ("", {"libfoo.so.1": "libfoo-tagb.so.1"}),
        "pkg.libs/libfoo.so.1": ("libfoo-tagb.so.1", {}),
    }
    assert change.links == {"pkg.libs/libfoo-tagb.so.1": "libfoo.so.1"}


def test_what_is_in_use_keeps_its_names() -> None:
    one, other = place("a", module("1"), library("x")), place("b", module("2"), library("y"), in_use=True)
    assert list(renames(decide([one, other]))) == ["a"]
    assert decide([dataclasses.replace(one, in_use=True), other]) == ()


def test_equal_libraries_are_shared() -> None:
    assert decide([place("a", module("1"), library("x")), place("b", module("2"), library("x"))]) == ()


def test_equal_libraries_with_different_libraries_below_are_not() -> None:
    base = library("y", name="libbase.so")
    changes = decide(
        [
            place("a", module("1"), library("x", needed=("libbase.so",)), base),
            place(
                "b", module("2"), library("x", needed=("libbase.so",)), dataclasses.replace(base, content="z")
            ),
        ]
    )
    assert renames(changes) == {"b": {"libbase.so": "libbase-tagb.so", "libfoo.so.1": "libfoo-tagb.so.1"}}


def test_equal_libraries_that_use_python_are_not_shared() -> None:
    one, other = library("x", uses_python=True), library("x", uses_python=True)
    assert renames(decide([place("a", module("1"), one), place("b", module("2"), other)])).keys() == {"b"}


def test_libraries_of_one_distribution_installed_twice_are_not_shared() -> None:
    """The module itself is the same in both: two instances, each with a library of its own."""
    places = [place("a", module("1"), library("x")), place("b", module("1"), library("x"))]
    assert renames(decide(places)).keys() == {"b"}


def test_names_that_nobody_asks_for_are_no_clash() -> None:
    """Opened by path alone, a file is told by its inode; many modules have a SONAME for no purpose."""
    assert decide([place("a", library("x")), place("b", library("y"))]) == ()


def test_a_name_that_only_one_side_asks_for_is_a_clash() -> None:
    places = [place("a", library("x")), place("b", module("2"), library("y"))]
    assert renames(decide(places)).keys() == {"b"}


def test_the_systems_libraries_are_not_bundled_ones() -> None:
    stray = SharedObject("other/libz.so.1", "libz.so.1", content="x")
    wanting = module("1", needed=("libz.so.1",))
    places = [place("a", wanting, stray), place("b", wanting, dataclasses.replace(stray, content="y"))]
    assert decide(places) == ()


def test_one_per_process_by_design() -> None:
    def openmp(content: str) -> SharedObject:
        return library(content, name="libiomp5.so")

    places = [place(each, module(each, needed=("libiomp5.so",)), openmp(each)) for each in "ab"]
    assert decide(places) == ()


def test_the_application_comes_before_isolated_environments() -> None:
    places = [place("application", module("1"), library("x")), place("b", module("2"), library("y"))]
    assert renames(decide(places)).keys() == {"b"}


def test_search_paths_of_a_loader_serve_what_it_loads() -> None:
    """DT_RPATH does; DT_RUNPATH does not, but its loader has loaded the library by then, or not."""
    for how in ("rpath", "runpath"):
        middle = SharedObject("pkg.libs/libmid.so", "libmid.so", ("libz.so.1",), content="m")
        deep = SharedObject("pkg.libs/libz.so.1", "libz.so.1", content="x")
        top = SharedObject("pkg/_ext.so", "", ("libmid.so",), content="1")
        search = ("$ORIGIN/../pkg.libs",)
        top = (
            dataclasses.replace(top, rpath=search)
            if how == "rpath"
            else dataclasses.replace(top, runpath=search)
        )
        places = [
            place("a", top, middle, deep),
            place("b", dataclasses.replace(top, content="2"), middle, dataclasses.replace(deep, content="y")),
        ]
        assert bool(renames(decide(places))) is (how == "rpath")


def test_a_borrowed_library_is_asked_for_by_its_new_name() -> None:
    """`c` uses what `b` holds, which is loaded before by its path."""
    user = SharedObject("user/_user.so", "", ("libfoo.so.1",), content="3")
    places = [
        place("a", module("1"), library("x")),
        place("b", module("2"), library("y")),
        place("c", user, sees=("b",)),
    ]
    changes = {change.place: change for change in decide(places)}
    assert [dict(edit.needed) for edit in changes["c"].edits] == [{"libfoo.so.1": "libfoo-tagb.so.1"}]


def test_a_borrowed_library_that_an_earlier_build_renamed() -> None:
    renamed = dataclasses.replace(library("y"), soname="libfoo-tagb.so.1")
    in_use = NativePlace(
        "b", "tagb", (renamed,), {"pkg.libs/libfoo-tagb.so.1": "pkg.libs/libfoo.so.1"}, in_use=True
    )
    user = SharedObject("user/_user.so", "", ("libfoo.so.1",), content="3")
    changes = decide([in_use, place("c", user, sees=("b",))])
    assert [dict(edit.needed) for edit in changes[0].edits] == [{"libfoo.so.1": "libfoo-tagb.so.1"}]


UNIQUE = frozenset(
    {"_ZZN3lib8registryEvE4them", "_ZNSt5mutexC1Ev", "_ZZNSt19_Sp_make_shared_tag5_S_tiEvE5__tag"}
)


def test_unique_symbols_get_other_names_but_for_those_of_std() -> None:
    places = [place(each, module(each, needed=(), unique=UNIQUE)) for each in "ab"]
    (change,) = decide(places)
    assert change.place == "b"
    assert change.symbols == {"_ZZN3lib8registryEvE4them": "_ZZN3lib8registryEvE4them.tagb"}


def test_unique_symbols_of_environments_that_load_each_others_libraries_are_shared() -> None:
    user = SharedObject("user/_user.so", "", ("libfoo.so.1",), unique=UNIQUE)
    lending = place("a", library("x", unique=UNIQUE))
    assert decide([lending, place("b", user, sees=("a",))]) == ()
    third = place("c", module("3", needed=(), unique=UNIQUE))
    assert [change.place for change in decide([third, lending, place("b", user, sees=("a",))])] == ["a", "b"]


def test_hard_links_to_one_file_become_two_files() -> None:
    one, other = (place(each, module(each, needed=(), file_id=(1, 7))) for each in "ab")
    (change,) = decide([one, other])
    assert (change.place, [edit.path for edit in change.edits]) == ("b", ["pkg/_ext.so"])


def test_names_of_their_own() -> None:
    assert own_name("libfoo.so", "1a") == "libfoo-1a.so"
    assert own_name("libfoo-0b.so.1.2", "1a") == "libfoo-0b-1a.so.1.2"
    assert own_name("foo", "1a") == "foo-1a"


LibraryDraw = tuple[str, list[str], str, bool, set[str]]
"""Name, what it needs, content, whether it uses Python, unique symbols."""

# Random universes: a module, and libraries in a chain, some with unique symbols, in up to four environments.
OBJECTS = st.lists(
    st.tuples(
        st.sampled_from(["liba.so", "libb.so.1", "libc.so.2"]),
        st.lists(st.sampled_from(["liba.so", "libb.so.1", "libc.so.2"]), max_size=3, unique=True),
        st.sampled_from(["x", "y"]),
        st.booleans(),
        st.sets(st.sampled_from(["_ZN1aE", "_ZN1bE"])),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: each[0],
)
PLACES = st.lists(
    st.tuples(OBJECTS, st.lists(st.sampled_from(["liba.so", "libb.so.1"]), max_size=2)), max_size=4
)


@given(PLACES)
def test_nothing_is_left_to_decide(universe: list[tuple[list[LibraryDraw], list[str]]]) -> None:
    """After the change no name is used for two libraries, and a second look finds nothing to do."""
    places = []
    for number, (libraries, wanted) in enumerate(universe):
        objects = [
            library(content, needed=tuple(needed), name=name, uses_python=python, unique=frozenset(unique))
            for name, needed, content, python, unique in libraries
        ]
        places.append(place(str(number), module(str(number), needed=tuple(wanted)), *objects))
    changes = decide(places)
    assert not any(change.place == "0" for change in changes)
    assert suspects(places) <= {(each.name, one.path) for each in places for one in each.objects}
    assert decide([_changed(each, changes) for each in places]) == ()


def _changed(before: NativePlace, changes: tuple[Change, ...]) -> NativePlace:
    change = next((each for each in changes if each.place == before.name), Change(before.name))
    edits = {edit.path: edit for edit in change.edits}
    objects = []
    for each in before.objects:
        edit = edits.get(each.path)
        needed = tuple(edit.needed.get(name, name) for name in each.needed) if edit else each.needed
        objects.append(
            dataclasses.replace(
                each,
                soname=edit.soname or each.soname if edit else each.soname,
                needed=needed,
                unique=frozenset(change.symbols.get(symbol, symbol) for symbol in each.unique),
                content=f"{each.content}, {edit}" if edit else each.content,
            )
        )
    links = {link: f"{link.rpartition('/')[0]}/{target}" for link, target in change.links.items()}
    return dataclasses.replace(before, objects=tuple(objects), links=links)
