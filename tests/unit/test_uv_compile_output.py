from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.config.names import name_of
from orchestrator.uv.compile_output import parse
from orchestrator.uv.model import LOCAL, Pin

if TYPE_CHECKING:
    from orchestrator.uv.model import Resolution


def read(text: str, folders: dict[str, str] | None = None) -> Resolution:
    return parse(text, question="mvenv-question", folders=folders or {}, root=Path("/project"))


def test_pins_edges_and_roots() -> None:
    found = read(
        """\
Jinja2==3.1.4             # via flask, mvenv-question (pyproject.toml)
flask==3.0.3              # via mvenv-question (/tmp/mvenv-1/pyproject.toml)
markupsafe==3.0.2         # via jinja2, werkzeug
werkzeug==3.1.3           # via flask
"""
    )
    assert list(found.pins) == ["flask", "jinja2", "markupsafe", "werkzeug"]
    assert found.pins["jinja2"] == Pin("jinja2", "3.1.4", "Jinja2==3.1.4")
    assert found.requires == {
        "flask": {"jinja2", "werkzeug"},
        "jinja2": {"markupsafe"},
        "markupsafe": frozenset(),
        "werkzeug": {"markupsafe"},
    }
    assert found.roots == {"flask", "jinja2"}


def test_reachable() -> None:
    found = read(
        "a==1  # via mvenv-question (x)\nb==1  # via a, c\nc==1  # via b\nd==1  # via mvenv-question (x)\n"
    )
    assert found.reachable("a") == {"a", "b", "c"}
    assert found.reachable("d") == {"d"}
    assert found.reachable("unknown") == frozenset()


def test_names_are_canonical_in_annotations_too() -> None:
    found = read(
        "zope.interface==7.2     # via Zope_Event, mvenv-question (x)\nzope-event==5.0 # via mvenv-question (x)\n"
    )
    assert found.requires["zope-event"] == {"zope-interface"}


def test_comments_and_blank_lines() -> None:
    assert read("# made by uv\n\n   \n").pins == {}


def test_a_pin_without_an_annotation() -> None:
    assert read("a==1.0+cpu\n").pins["a"].version == "1.0+cpu"


def test_a_wheel_by_url() -> None:
    url = "https://example.org/files/My_Lib-1.5-py3-none-any.whl"
    found = read(f"my-lib @ {url}  # via mvenv-question (x)\n")
    assert found.pins["my-lib"] == Pin("my-lib", "1.5", f"my-lib @ {url}")


def test_a_commit_by_url() -> None:
    url = "git+https://example.org/lib.git@0123abc"
    assert read(f"lib @ {url}\n").pins["lib"] == Pin("lib", "0123abc", f"lib @ {url}")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "my library"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "My.Lib"\nversion = "2.5"\n')
    return folder


def test_a_folder(library: Path) -> None:
    expected = Pin("my-lib", "2.5", f"my-lib @ {library.as_uri()}", source=str(library))
    assert read(f"my-lib @ {library.as_uri()}  # via mvenv-question (x)\n").pins == {"my-lib": expected}
    assert read(f"{library.as_uri()}  # via mvenv-question (x)\n").pins == {"my-lib": expected}
    assert read(f"{library}\n").pins == {"my-lib": expected}


def test_a_folder_that_a_local_project_needs() -> None:
    """uv writes it relative to the folder that it runs in."""
    assert read("../deep  # via mylib\n").pins["deep"].source == "/deep"


def test_an_editable_folder(library: Path) -> None:
    expected = Pin("my-lib", "2.5", f"-e {library}", source=str(library))
    assert read(f"-e {library.as_uri()}  # via mvenv-question (x)\n").pins == {"my-lib": expected}


def test_a_folder_whose_name_is_known_from_the_settings(library: Path) -> None:
    (library / "pyproject.toml").write_text("[build-system]\nrequires = []\n")
    found = read(f"-e {library}\n", {str(library): "known-name"})
    assert found.pins["known-name"] == Pin("known-name", LOCAL, f"-e {library}", source=str(library))


def test_a_dynamic_version_is_not_known_yet(library: Path) -> None:
    (library / "pyproject.toml").write_text('[project]\nname = "my-lib"\ndynamic = ["version"]\n')
    assert read(f"{library}\n").pins["my-lib"].version == LOCAL


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("Flask", "flask"),
        ("zope.interface>=5", "zope-interface"),
        ("a[x] ; os_name == 'nt'", "a"),
        ("b @ file:///x", "b"),
    ],
)
def test_name_of(requirement: str, name: str) -> None:
    assert name_of(requirement) == name
