"""Every file that mvenv reads, and what reads it: any bytes give a value, or an error of a few lines."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.beginning.choose import beginnings
from orchestrator.beginning.write import write
from orchestrator.config import overrides
from orchestrator.config.document import parse_toml
from orchestrator.config.places import requirement_places
from orchestrator.config.project import load_project
from orchestrator.errors import MvenvError
from orchestrator.install import contents, entry_points, promises, usage
from orchestrator.install.record import InstalledDistribution, installed
from orchestrator.lock import file as lock_file
from orchestrator.lock.text import to_text
from orchestrator.state.record import read_record
from orchestrator.system.names import OVERRIDES
from runtime_shim.caller.folders import code_folders
from runtime_shim.model import import_map
from runtime_shim.model.from_import_map import environments_of
from runtime_shim.overrides import at_start, site_packages

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = Path(__file__).parent / "seeds"
REGRESSIONS = Path(__file__).parent / "regressions"


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of file."""

    name: str
    """What it is called; a whole one is in the folder `seeds`."""
    read: Callable[[Path, bytes], None]
    """Read the bytes as such a file, in an empty folder that may be used again; raises what mvenv should not."""


def _whole(name: str) -> bytes:
    # Source among the seeds is no module of the project.
    path = SEEDS / name
    return (path if path.exists() else SEEDS / f"{name}.txt").read_bytes()


def _pyproject(folder: Path, content: bytes) -> None:
    path = folder / "pyproject.toml"
    path.write_bytes(content)
    try:
        project = load_project(path)
    except MvenvError as error:
        _shown(error)
    else:
        assert project.root == folder.resolve()
    requirement_places(path)


def _begun(name: str) -> Callable[[Path, bytes], None]:
    """Return what begins a project from a file of another tool's."""

    def read(folder: Path, content: bytes) -> None:
        path = folder / name
        path.write_bytes(content)
        try:
            document = parse_toml(path, content.decode()) if name == "pyproject.toml" else None
            begun = beginnings(folder, document)
            text = write("" if document is None else document.text, begun, "begun").text
        except UnicodeDecodeError:
            assert name == "pyproject.toml"
        except MvenvError as error:
            _shown(error)
        else:
            tomllib.loads(text)

    return read


def _lock(folder: Path, content: bytes) -> None:
    (folder / "mvenv.lock").write_bytes(content)
    try:
        lock = lock_file.read(folder)
    except MvenvError as error:
        _shown(error)
        return
    assert lock is not None
    text = to_text(lock, folder)
    for pin in (pin for group in lock.groups.groups for pin in group.resolution.pins.values()):
        assert "\n" not in pin.specification or pin.source is not None
    (folder / "mvenv.lock").write_text(text, "utf-8")
    again = lock_file.read(folder)
    assert again is not None
    assert to_text(again, folder) == text


def _overrides(folder: Path, content: bytes) -> None:
    path = folder / OVERRIDES
    path.write_bytes(content)
    try:
        overrides.load_overrides(path)
    except MvenvError as error:
        _shown(error)
    document = import_map.load(str(SEEDS / "import_map.json"))
    text = content.decode("utf-8", "surrogateescape")
    made, message = at_start.in_effect(document, (text, text), str(folder), str(folder))
    assert made is document or message is not None
    environments_of(made, [], str(folder), str(folder))


def _record(folder: Path, content: bytes) -> None:
    (folder / ".venv").mkdir(exist_ok=True)
    (folder / ".venv/mvenv.json").write_bytes(content)
    record = read_record(folder)
    assert record is None or record["environments"] is not None


def _import_map(folder: Path, content: bytes) -> None:
    path = folder / "import_map.json"
    path.write_bytes(content)
    try:
        document = import_map.load(str(path))
    except import_map.ManifestError as error:
        assert "\n\nhint: run `mvenv build` again" in str(error), error
        return
    everyone = environments_of(document, [], str(folder), str(folder / "site-packages"))
    code_folders(list(everyone.values()), document, str(folder))
    import_map.foreign_platform(document)
    changed = import_map.edited_overrides(document, str(folder), str(folder))
    if changed is not None:
        at_start.in_effect(document, changed, str(folder), str(folder))


def _in_wheel(name: str) -> Callable[[Path, bytes], None]:
    def read(folder: Path, content: bytes) -> None:
        site = folder / "lib/python3.11/site-packages"
        info = site / "dep_a-1.0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        for other in ("METADATA", "RECORD", "entry_points.txt", "dep_a.pth"):
            path = info / other if other != "dep_a.pth" else site / other
            path.write_bytes(content if other == name else _whole(other))
        (site / "dep_a.py").write_bytes(content if name == "dep_a.py" else _whole("dep_a.py"))
        (site / "low.py").write_text("import dep_a\n", "utf-8")
        for found in installed(site):
            _learnt(found, site)
        for distribution in metadata.distributions(path=[str(site)]):
            promises.read(distribution)
        for _, place in site_packages.distributions(str(site)).values():
            site_packages.requires(place)
            site_packages.import_names(place)

    return read


def _learnt(found: InstalledDistribution, site: Path) -> None:
    names = contents.import_names(found.files)
    assert all(part.isidentifier() for name in names for part in name.split(".")), names
    contents.clashes([found, found], site)
    entry_points.offered_groups(found, site)
    entry_points.reading(found, site)
    usage.uses(found, site, {"low": frozenset({"low"}), "json": frozenset({"other"})})


def _shown(error: MvenvError) -> None:
    """Make sure that an error can be printed, and does to a terminal what text does."""
    text = str(error)
    text.encode()
    assert all(char.isprintable() or char == "\n" for char in text.replace("\xa0", " ")), repr(text)


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("pyproject.toml", _pyproject),
        Target("mvenv.lock", _lock),
        Target("custom_dependencies_versions.json", _overrides),
        Target("mvenv.json", _record),
        Target("import_map.json", _import_map),
        *(
            Target(name, _in_wheel(name))
            for name in ("METADATA", "RECORD", "entry_points.txt", "dep_a.pth", "dep_a.py")
        ),
        *(Target(name, _begun(name)) for name in ("Pipfile", "setup.cfg", "setup.py", "requirements.txt")),
        *(Target(name, _begun("pyproject.toml")) for name in ("poetry.toml", "uv.toml")),
    )
}


def seed(target: Target) -> bytes:
    """Return a whole file of a kind."""
    return _whole(target.name)


def regressions() -> list[tuple[str, str]]:
    """Return the inputs that once went wrong: (name of the target, name of the file)."""
    return sorted((path.parent.name, path.name) for path in REGRESSIONS.glob("*/*"))


def damaged(target: Target, rng: Any) -> bytes:
    """Return a damaged file of a kind.

    :param rng: a :class:`random.Random`: the same state, the same damage.
    """
    from tests.support import mutations

    text = seed(target).decode()
    if target.name.endswith(".json"):
        made = mutations.damaged_json(text, rng)
    elif target.name.endswith(".toml") or target.name in ("mvenv.lock", "Pipfile"):
        made = mutations.damaged_toml(text, rng)
    else:
        made = mutations.damaged_lines(text, rng)
    content = made.encode("utf-8", "surrogatepass")
    return mutations.damaged_bytes(content, rng) if rng.random() < 0.1 else content
