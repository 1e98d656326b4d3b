from __future__ import annotations

import json
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from orchestrator.lock.error import LockError
from orchestrator.lock.model import Lock, LockedEnvironment, LockedRequirement, LockInputs
from orchestrator.lock.several import for_environment, made_for, with_others
from orchestrator.lock.text import HEADER, HEADER_OF_SEVERAL, from_text, to_text
from orchestrator.plan.model import Contents, Knowledge
from orchestrator.resolution.outcome import ConflictMember, Groups, Part, ResolvedConflict, ResolvedGroup
from orchestrator.uv.model import LOCAL, Pin, Resolution

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

ROOT = Path("/somewhere/project")

names = st.sampled_from(["a", "b-c", "zope-interface", "typing-extensions", "x2"])
versions = st.sampled_from(["1.0", "2.0.0rc1", "1!2", "2024.1+cu12"])
hashes = st.lists(st.sampled_from(["sha256:00", "sha256:1f", "sha256:ff"]), min_size=1, unique=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
import_names = st.sampled_from(["a", "google.cloud", "größe", "_x"])


@st.composite
def requirements(draw: DrawFn) -> str:
    marker = draw(st.sampled_from(["", " ; python_version >= '3.11'", ' ; sys_platform == "linux"']))
    return draw(names) + draw(st.sampled_from(["", ">=1", "[e]<2"])) + marker


@st.composite
def pins(draw: DrawFn, name: str) -> Pin:
    version = draw(versions)
    kind = draw(st.sampled_from(["index", "index", "folder", "editable", "wheel", "url", "git"]))
    folder = draw(st.sampled_from([f"{ROOT}/libs/lib 1", "/somewhere/beside", "/far/away/ü"]))
    if kind == "editable":
        return Pin(name, draw(st.sampled_from([version, LOCAL])), f"-e {folder}", source=folder)
    if kind == "folder":
        return Pin(name, version, f"{name} @ {Path(folder).as_uri()}", source=folder)
    address = {
        "wheel": Path(f"{folder}/{name}-1-py3-none-any.whl").as_uri(),
        "url": f"https://example.org/{name}-1.tar.gz#sha256=00",
        "git": f"git+https://example.org/{name}@0a1b2c",
    }.get(kind)
    return Pin(name, version, f"{name} @ {address}" if address else f"{name}=={version}")


importers = st.none() | st.tuples(names, versions)
members = st.lists(st.builds(ConflictMember, requirements(), importers), min_size=1, max_size=2).map(tuple)


@st.composite
def groups(draw: DrawFn, number: int) -> ResolvedGroup:
    held = draw(st.lists(names, min_size=1, unique=True))
    asked = tuple(draw(st.lists(requirements(), max_size=3)))
    some = st.lists(st.sampled_from(held), unique=True).map(frozenset)
    redirects = st.dictionaries(names, st.dictionaries(names, st.integers(0, number), min_size=1), max_size=2)
    return ResolvedGroup(
        requirements=asked,
        direct=tuple(text.partition(" ")[0].partition("[")[0].partition(">")[0] for text in asked),
        resolution=Resolution(
            pins={name: draw(pins(name)) for name in sorted(held)},
            requires={name: draw(some) for name in sorted(held)},
            roots=draw(some),
        ),
        parts=tuple(
            Part(draw(requirements()), draw(names), (draw(names), draw(versions))) for _ in range(number)
        ),
        redirects=draw(redirects),
        aliases=draw(st.dictionaries(import_names, requirements(), max_size=2)),
        reaches=draw(st.dictionaries(st.sampled_from(["project", "group:dev"]), some, max_size=2)),
    )


@st.composite
def locks(draw: DrawFn) -> Lock:
    found = tuple(draw(groups(number)) for number in range(draw(st.integers(0, 3))))
    pinned = sorted({(name, pin.version) for group in found for name, pin in group.resolution.pins.items()})
    installed = draw(st.lists(st.sampled_from(pinned), unique=True)) if pinned else []
    hashed = draw(st.lists(st.sampled_from(pinned), unique=True)) if pinned else []
    several = st.lists(names, max_size=2, unique=True).map(tuple)
    source = st.fixed_dictionaries({"path": st.just("../x")}, optional={"editable": st.booleans()})
    return Lock(
        inputs=LockInputs(
            python=draw(st.sampled_from(["3.11", "3.13"])),
            platform="cpython-linux-x86_64",
            groups=draw(several),
            extras=draw(several),
            requirements=tuple(
                LockedRequirement(
                    draw(requirements()),
                    draw(several),
                    draw(several),
                    draw(import_names | st.just("")),
                    sections=draw(st.sampled_from([("project",), ("group:dev",), ("project", "extra:x")])),
                )
                for _ in range(draw(st.integers(0, 3)))
            ),
            exclude_newer=draw(st.sampled_from(["", "2024-01-01"])),
            isolate=draw(several),
            together=tuple(draw(st.lists(several, max_size=2))),
            singletons=draw(several),
            sources=draw(st.dictionaries(names, source | st.lists(source, min_size=1), max_size=2)),
            settings=draw(st.sampled_from(["", "0a"])),
            overrides=draw(st.sampled_from([(), ("a 2.2.2 → c 1.1.1", "b 1 → c 2")])),
            folders=draw(st.dictionaries(st.sampled_from(["../x", "libs/ü"]), st.just("0c"))),
        ),
        groups=Groups(
            groups=found,
            conflicts=tuple(
                ResolvedConflict(
                    tuple(draw(st.lists(members, max_size=3))), draw(texts), frozenset(draw(several))
                )
                for _ in range(draw(st.integers(0, 2)))
            ),
            lower_bound=draw(st.integers(0, 5)),
            proved=draw(st.booleans()),
        ),
        knowledge=Knowledge(
            {
                (name, version): Contents(
                    draw(st.sampled_from(["Dep.A", "x_2", "zope.interface"])),
                    version,
                    tuple(draw(st.lists(import_names, unique=True))),
                    frozenset(draw(several)),
                    frozenset(draw(several)),
                )
                for name, version in sorted(installed)
            },
            frozenset(map(frozenset, draw(st.lists(st.lists(names, min_size=2, max_size=2, unique=True))))),
        ),
        hashes={key: tuple(draw(hashes)) for key in sorted(hashed)},
        environments=tuple(
            LockedEnvironment(
                draw(names),
                draw(several),
                draw(st.dictionaries(names, names, max_size=2)),
                draw(st.dictionaries(import_names, names, max_size=2)),
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
    )


@given(locks())
def test_what_is_written_is_read(lock: Lock) -> None:
    text = to_text(lock, ROOT)
    assert from_text(text, ROOT, "mvenv.lock") == lock
    assert to_text(from_text(text, ROOT, "mvenv.lock"), ROOT) == text


@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # shrinking takes minutes
@given(locks(), st.lists(locks(), min_size=1, max_size=3))
def test_what_is_written_of_several_is_read(lock: Lock, more: list[Lock]) -> None:
    known = with_others(
        lock,
        (
            replace(each, inputs=replace(each.inputs, python=f"3.{20 + number}"))
            for number, each in enumerate(more)
        ),
    )
    text = to_text(known, ROOT)
    assert text.startswith("".join(f"# {line}\n" for line in HEADER_OF_SEVERAL))
    assert from_text(text, ROOT, "mvenv.lock") == known
    for each in known.others:
        other = for_environment(known, *made_for(each))
        assert replace(other, others=()) == each
        assert to_text(other, ROOT) == text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'python = "3.12"',
            "python = 3.12",
            "mvenv.lock: answer.0.inputs.python: Input should be a valid string",
        ),
        ("[answer.inputs]", "colour = 1\n\n[answer.inputs]", "mvenv.lock: answer.0.colour: "),
        ("[answer.inputs]", "[answer.inputs]\ncolour = 1", "mvenv.lock: answer.0.inputs.colour: "),
        ("[answer.inputs]", "[answer.outputs]", "mvenv.lock: answer.0.inputs: Field required"),
        ("[answer.inputs]", "group = 1\n\n[answer.inputs]", "mvenv.lock: answer.0.group: "),
    ],
)
def test_what_cannot_be_read_of_others(old: str, new: str, said: str) -> None:
    other = small()
    text = to_text(with_others(small(), [replace(other, inputs=replace(other.inputs, python="3.12"))]), ROOT)
    assert text.count(old) == 1
    with pytest.raises(LockError) as caught:
        from_text(text.replace(old, new), ROOT, "mvenv.lock")
    assert f"  cause: {said}" in str(caught.value)


def test_what_is_the_same_elsewhere_is_written_once() -> None:
    other = small()
    text = to_text(with_others(small(), [replace(other, inputs=replace(other.inputs, python="3.12"))]), ROOT)
    first = to_text(small(), ROOT).partition("version = 2")[2]
    assert text.partition("version = 3")[2] == (
        f'{first}\n[[answer]]\n[answer.inputs]\npython = "3.12"\nplatform = "cpython-linux-x86_64"\n'
    )


@given(locks())
def test_nothing_in_it_says_where_the_project_lies(lock: Lock) -> None:
    text = to_text(lock, ROOT)
    assert str(ROOT) not in text
    moved = Path("/else/project")
    assert to_text(from_text(text, moved, "mvenv.lock"), moved) == text


def small(**changes: object) -> Lock:
    resolution = Resolution(
        {
            "dep-a": Pin("dep-a", "1.0", "dep-a==1.0"),
            "lib": Pin("lib", LOCAL, f"-e {ROOT}/lib", source=f"{ROOT}/lib"),
        },
        {"dep-a": frozenset(["lib"]), "lib": frozenset()},
        frozenset(["dep-a"]),
    )
    return Lock(
        LockInputs(
            "3.11",
            "cpython-linux-x86_64",
            (LockedRequirement("dep-a"), LockedRequirement("lib", ("x<2",))),
        ),
        Groups((ResolvedGroup(("dep-a", "lib"), ("dep-a", "lib"), resolution),), (), 1, True),
        Knowledge({("dep-a", "1.0"): Contents("Dep.A", "1.0", ("dep_a",))}),
        {("dep-a", "1.0"): ("sha256:00", "sha256:11")},
    )


def test_many_import_names() -> None:
    """What is written for a key does not take longer the more keys there are: minutes, once."""
    imports = {f"module_{number}": "dep-a" for number in range(8000)}
    lock = replace(small(), environments=(LockedEnvironment("application", (), {}, imports),))
    began = time.process_time()
    text = to_text(lock, ROOT)
    assert time.process_time() - began < 10, "it was 25 seconds, and is half of one"
    assert tomllib.loads(text)["environment"][0]["imports"] == imports


def test_the_form() -> None:
    text = to_text(small(), ROOT)
    assert text.startswith("".join(f"# {line}\n" for line in HEADER))
    lines = text.splitlines()
    assert '    {name = "dep-a", version = "1.0", requires = ["lib"]},' in lines
    assert '    {name = "lib", version = "local", path = "lib", editable = true},' in lines
    assert '    {text = "lib", constraints = ["x<2"]},' in lines
    assert '    "sha256:00",' in lines
    assert text.endswith("\n")
    assert tomllib.loads(text)["package"] == [
        {
            "name": "dep-a",
            "version": "1.0",
            "spelling": "Dep.A",
            "imports": ["dep_a"],
            "hashes": ["sha256:00", "sha256:11"],
        }
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version = 2\n", "version = 4\n", "`mvenv.lock` has format 4, and this mvenv knows format 3"),
        ("version = 2\n", "version = 0\n", "`mvenv.lock` has format 0, and this mvenv knows format 3"),
        ("version = 2\n", "", "`mvenv.lock` is not as mvenv writes it"),
        ("version = 2\n", "version = 2\nmore = 2\n", "more"),
        ("[inputs]", "<<<<<<< ours\n[inputs]", "`mvenv.lock` is not valid TOML"),
        ('roots = [\n    "dep-a",\n]', 'roots = "dep-a"', "group.0.roots"),
        ("proved = true", "proved = 1", "proved"),
        ('    "dep-a",\n    "lib",', '    "dep-a ==",\n    "lib",', "dep-a =="),
    ],
)
def test_what_cannot_be_read(old: str, new: str, said: str) -> None:
    text = to_text(small(), ROOT)
    assert old in text
    with pytest.raises(LockError) as caught:
        from_text(text.replace(old, new, 1), ROOT, "mvenv.lock")
    assert said in str(caught.value)
    assert "mvenv.lock" in caught.value.message
    assert caught.value.hints


def test_a_lock_of_the_first_format() -> None:
    """It held one selection: without dependency groups and extras all of it is the project's own."""
    text = to_text(small(), ROOT).replace("version = 2\n", "version = 1\n", 1)
    assert from_text(text, ROOT, "mvenv.lock") == small()
    some = from_text(
        text.replace("requirements = [", 'groups = ["dev"]\nrequirements = [', 1), ROOT, "mvenv.lock"
    )
    assert some.inputs.groups == ("dev",)
    assert not some.inputs.tells_sections
    assert some.groups == small().groups


HOSTILE = {
    'version = "1.0", requires': [
        *('version = "1.0\\n--index-url=http://evil", requires', 'version = "1.0 --pre", requires'),
        *(
            'version = "@ http://evil/x.whl", requires',
            'version = "", requires',
            'version = "local", requires',
        ),
    ],
    '{name = "dep-a", ': [
        *(
            '{name = "dep-a\\n-r /etc/passwd", ',
            '{name = "../dep-a", ',
            '{name = "-e", ',
            '{name = "Dep_A", ',
        ),
    ],
    'requires = ["lib"]': ['requires = ["lib ; "]', 'requires = ["\\u001b[2J"]'],
    'path = "lib"': [
        'path = "lib\\u0000"',
        'url = "lib"',
        'url = "https://host/x\\n--pre"',
        'url = "javascript:1"',
    ],
    '    "dep_a",\n': ['    "../../../x",\n', '    "dep_a/../x",\n', '    "",\n'],
    '"sha256:00"': ['"sha256:00 --pre"', '"sha256:00\\n-r x"', '"--hash"', '""'],
    'spelling = "Dep.A"': ['spelling = "Dep\\u001b[A"', 'spelling = "../x"'],
    '"x<2"': ['"x<2\\n--pre"', '"-r x"', '"x @ https://host/x\\n--pre"'],
    'python = "3.11"': ['python = "3.11\\u001b]0;title\\u0007"'],
}


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, news in HOSTILE.items() for new in news])
def test_what_is_not_what_it_claims_to_be(old: str, new: str) -> None:
    """Nothing of it comes to uv, to a path or to a terminal."""
    text = to_text(small(), ROOT)
    assert old in text
    with pytest.raises(LockError) as caught:
        from_text(text.replace(old, new, 1), ROOT, "mvenv.lock")
    assert "is not as mvenv writes it" in caught.value.message
    assert all(char.isprintable() or char == "\n" for char in str(caught.value))


def test_a_redirect_to_a_group_that_is_not_there() -> None:
    text = to_text(small(), ROOT).replace("[[package]]", "[group.redirects.dep-a]\nlib = 1\n\n[[package]]", 1)
    with pytest.raises(LockError, match="is not as mvenv writes it") as caught:
        from_text(text, ROOT, "mvenv.lock")
    assert "there is no group 1" in str(caught.value)


def test_equal_input_makes_equal_bytes() -> None:
    lock = small()
    shuffled = Lock(
        lock.inputs,
        lock.groups,
        Knowledge(dict(reversed(list(lock.knowledge.contents.items())))),
        dict(reversed(list(lock.hashes.items()))),
    )
    assert to_text(shuffled, ROOT) == to_text(lock, ROOT)
    assert json.dumps(tomllib.loads(to_text(lock, ROOT)))  # nothing in it that JSON could not say
