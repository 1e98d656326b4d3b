"""Where a distribution registers: the table's rows, and entry points that others read."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from orchestrator.install.entry_points import offered_groups, reading
from orchestrator.install.record import InstalledDistribution
from orchestrator.install.registering import with_registers
from orchestrator.plan.registries import REGISTRIES
from tests.unit.plan_values import group, holds, known, plan_of, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GENERIC = """
from importlib import metadata
class Manager:
    CACHE = {}
    def load(self, namespace):
        if namespace not in self.CACHE:
            self.CACHE[namespace] = list(metadata.entry_points(group=namespace))
        return self.CACHE[namespace]
"""
HOST = """
from importlib.metadata import entry_points
def backends():
    return [each.load() for each in entry_points(group="host.backends")]
"""


def installed(
    folder: Path, name: str, files: Mapping[str, str], entry_points: str = ""
) -> InstalledDistribution:
    all_files = dict(files)
    if entry_points:
        all_files[f"{name}-1.dist-info/entry_points.txt"] = entry_points
    for file, text in all_files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return InstalledDistribution(name, "1", dict.fromkeys(all_files, ""), ())


def registers(
    folder: Path,
    shared: str,
    *,
    name: str = "plug",
    files: Mapping[str, str] | None = None,
    source: str = "",
    offers: str = "",
    depends: bool = True,
) -> set[str]:
    """Return where `plug`, of which there are two versions, registers; `shared` is there once and has `source`."""
    needs = f"{shared} low" if depends else "low"
    knowledge = known(
        holds("low==1"), holds("low==2"), holds(f"{name}==1"), holds(f"{name}==2"), holds(f"{shared}==1")
    )
    plan = plan_of(
        *(
            group("a", resolved(f"{name}==1 {shared}==1 low==1", **{name.replace("-", "_"): needs})),
            group("b", resolved(f"{name}==2 {shared}==1 low==2", **{name.replace("-", "_"): needs})),
        ),
        knowledge=knowledge,
    )
    host = installed(folder / "shared", shared, {f"{shared}.py": source})
    own = installed(folder / "own", name, files or {}, offers)
    everything = [((shared, "1"), host, folder / "shared")]
    everything += [((name, version), own, folder / "own") for version in "12"]
    learned = with_registers(knowledge, plan, everything)
    assert learned.contents[name, "1"].registers == learned.contents[name, "2"].registers
    assert not learned.contents[shared, "1"].registers
    return set(learned.contents[name, "1"].registers)


@pytest.mark.parametrize(
    ("shared", "name", "files", "offers"),
    [
        ("protobuf", "onnx", {}, ""),
        ("protobuf", "tensorflow-cpu", {}, ""),
        ("protobuf", "anything", {"anything/deep/some_pb2.py": ""}, ""),
        ("catalogue", "spacy", {}, ""),
        ("catalogue", "thinc", {}, ""),
        ("stevedore", "qiskit", {}, "[qiskit.stages]\ndefault = q:D\n"),
    ],
)
def test_rows(tmp_path: Path, shared: str, name: str, files: dict[str, str], offers: str) -> None:
    assert registers(tmp_path, shared, name=name, files=files, offers=offers) == {shared}
    assert registers(tmp_path, shared, name=name, files=files, offers=offers, depends=False) == set()


def test_every_row_is_in_the_test_above() -> None:
    (mark,) = test_rows.pytestmark  # type: ignore[attr-defined]
    assert {shared for shared, *_ in mark.args[1]} == {row.shared for row in REGISTRIES}


def test_what_is_in_no_row_registers_nowhere(tmp_path: Path) -> None:
    assert registers(tmp_path, "protobuf", name="plain", files={"plain.py": ""}) == set()
    assert registers(tmp_path, "stevedore", name="tool", offers="[console_scripts]\ntool = t:main\n") == set()


def test_a_plug_in_registers_with_the_host_that_reads_its_group(tmp_path: Path) -> None:
    assert registers(tmp_path, "host", source=HOST, offers="[host.backends]\nx = plug:X\n") == {"host"}
    assert registers(tmp_path, "host", source=HOST, offers="[other.backends]\nx = plug:X\n") == set()
    assert registers(tmp_path, "host", source=HOST, offers="[gui_scripts]\nx = plug:X\n") == set()


def test_whoever_keeps_what_it_reads_for_its_callers(tmp_path: Path) -> None:
    assert registers(tmp_path, "manager", source=GENERIC, offers="[plug.stages]\nx = plug:X\n") == {"manager"}
    assert registers(tmp_path, "manager", source=GENERIC) == set()


@pytest.mark.parametrize(
    ("source", "reads", "remembers"),
    [
        (GENERIC, True, True),
        (HOST, True, False),
        ("entry_points = {}\n", False, False),
        ("setup(entry_points={'x': []})", False, False),
        ("def entry_points(group):\n return ()", False, False),
        ("# entry_points(\nX = {}", False, False),
        ("def f(g):\n return entry_points(group=g)", True, False),
        ("found = None\ndef f(g):\n global found\n found = entry_points(group=g)", True, True),
        ("@functools.lru_cache(None)\ndef f(g):\n return entry_points(group=g)", True, True),
        ("KNOWN: dict[str, str] = {}\ndef f(g):\n return pkg_resources.iter_entry_points(g)", True, True),
        ("KNOWN = {}\ndef f():\n return entry_points()['a.group']", True, False),
        ("KNOWN = {}\ndef f():\n return entry_points().get('a.group', ())", True, False),
        ("G = 'a.group'\nKNOWN = {}\ndef f():\n return entry_points(group=G)", True, False),
        ("G: Final[str] = 'a.group'\nKNOWN = {}\ndef f():\n return entry_points(group=G)", True, False),
        ("G: str\nKNOWN = {}\ndef f():\n return entry_points(group=G)", True, True),
        ("class C:\n pass\nc = C()\ndef f(g):\n return entry_points().select(group=g)", True, True),
        ("KNOWN = {'a': 1}\ndef f(g):\n return entry_points(group=g)", True, False),
        ("entry_points(", False, False),
    ],
)
def test_how_entry_points_are_read(tmp_path: Path, source: str, *, reads: bool, remembers: bool) -> None:
    found = reading(
        installed(tmp_path, "lib", {"lib/deep/x.py": source, "lib/tests/y.py": GENERIC}), tmp_path
    )
    assert (bool(found.sources), found.remembers_any) == (reads, remembers)


def test_groups_that_are_offered(tmp_path: Path) -> None:
    text = "[console_scripts]\na = b:c\n\n[ one.group ]\nx = y\n[two]\n"
    assert offered_groups(installed(tmp_path, "lib", {}, text), tmp_path) == {"one.group", "two"}
    assert offered_groups(installed(tmp_path, "other", {"other.py": ""}), tmp_path) == set()


@pytest.mark.timeout(20)
def test_entry_points_without_an_end(tmp_path: Path) -> None:
    """A file that is damaged, or made to keep a build busy."""
    text = "[" + " " * 50_000 + "x\n" + "[\n" * 50_000
    assert offered_groups(installed(tmp_path, "lib", {}, text), tmp_path) == set()
