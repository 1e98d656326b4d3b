from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.environments.site import Site
from orchestrator.install import data_files, scripts
from orchestrator.install.data_files import DataClash
from orchestrator.install.offers import Offer
from orchestrator.install.record import InstalledDistribution
from orchestrator.plan.model import PlannedEnvironment

if TYPE_CHECKING:
    from pathlib import Path


class Places:
    """An application environment in the making and isolated ones, with whatever files a test wants."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.application = Site(
            PlannedEnvironment("application", (), {}), root / ".venv-new", root / ".venv", "digest"
        )
        (self.application.folder / "bin").mkdir(parents=True)

    def offer(self, release: str, *, seen: bool = True, **files: str) -> Offer:
        """Return a distribution, in an environment of its own, that holds files below it: `bin__tool="text"`."""
        name, _, version = release.partition("==")
        folder = self.root / "py_modules" / f"{name}-{version}"
        for path, text in files.items():
            file = folder / path.replace("__", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o755)
        site = Site(PlannedEnvironment(folder.name, (), {}), folder, folder, "digest")
        outside = {path.replace("__", "/"): f"sha256={text}" for path, text in files.items()}
        return Offer(InstalledDistribution(name, version, {}, (), outside=outside), site, seen)

    def texts(self, folder: str) -> dict[str, str]:
        """Return the files of a folder of the application environment, when that is where it will live."""
        self.application.folder.rename(self.application.lives_at)
        found = (self.application.lives_at / folder).rglob("*")
        return {path.name: path.read_text() for path in found if not path.is_dir()}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "a project")


def test_the_name_is_the_first_ones_that_is_seen(places: Places) -> None:
    commands = scripts.provide(
        places.application,
        [
            places.offer("tool==2.0", bin__tool="#!python 2"),
            places.offer("other==5", bin__tool="#!python other"),
            places.offer("tool==1.0", seen=False, bin__tool="#!python 1", bin__more="#!python 1"),
        ],
    )
    assert commands.environments == {
        "tool": "tool-2.0",
        "tool@5": "other-5",
        "more@1.0": "tool-1.0",
        "tool@1.0": "tool-1.0",
    }
    assert commands.others == ("tool@5", "more@1.0", "tool@1.0")
    assert places.texts("bin") == {
        "tool": "#!python 2",
        "tool@5": "#!python other",
        "more@1.0": "#!python 1",
        "tool@1.0": "#!python 1",
    }


def test_what_is_there_stays(places: Places) -> None:
    """An unversioned distribution's command, installed with it."""
    (places.application.folder / "bin/tool").write_text("mine")
    commands = scripts.provide(places.application, [places.offer("tool==2.0", bin__tool="#!python 2")])
    assert commands.environments == {"tool@2.0": "tool-2.0"}
    assert places.texts("bin") == {"tool": "mine", "tool@2.0": "#!python 2"}


def test_a_release_that_is_there_twice_has_its_commands_once(places: Places) -> None:
    twice = [
        places.offer("tool==2.0", bin__tool="#!python 2"),
        places.offer("tool==2.0", seen=False, bin__tool="#!python 2"),
    ]
    assert scripts.provide(places.application, twice).environments == {"tool": "tool-2.0"}


def test_a_shell_script_of_another_version_is_started_where_it_lies(places: Places) -> None:
    """It would ask the application's Python for a module by its plain name, and get the other version's."""
    (places.application.folder / "bin/tool").write_text("mine")
    scripts.provide(
        places.application, [places.offer("tool==2.0", bin__tool="#!/bin/sh\necho $MVENV_STARTED_BY $@\n")]
    )
    places.application.folder.rename(places.application.lives_at)
    command = places.application.lives_at / "bin/tool@2.0"
    assert (
        subprocess.run([command, "a b"], capture_output=True, text=True, check=True).stdout
        == "tool-2.0 a b\n"
    )


def test_a_script_is_copied_with_its_mode_and_a_program_linked(places: Places) -> None:
    offer = places.offer("tool==2.0", bin__script="#!/bin/sh", bin__program="\x7fELF")
    scripts.provide(places.application, [offer])
    folder = places.application.folder / "bin"
    assert not (folder / "script").is_symlink()
    assert os.access(folder / "script", os.X_OK)
    assert str((folder / "program").readlink()) == "../../py_modules/tool-2.0/bin/program"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("#!/usr/bin/env python3\n", True),
        ("#!/bin/sh\n'''exec' python\n", True),
        ("#!/bin/sh\nexec python\n", False),
        ("\x7fELF python", False),
        ("", False),
    ],
)
def test_python_scripts(text: str, answer: bool, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(text)
    assert scripts.is_python(tmp_path / "file") is answer


def test_data_files_of_one_name(places: Places) -> None:
    offers = [
        places.offer("tool==2.0", share__a="2", share__b="2", share__same="x"),
        places.offer("tool==1.0", seen=False, share__a="1", share__b="1", share__same="x", share__c="1"),
        places.offer("late==1", share__shared="late", share__a="late"),
    ]
    shared = InstalledDistribution("Base", "7", {}, (), outside={"share/shared": "sha256=base"})
    (places.application.folder / "share").mkdir()
    (places.application.folder / "share/shared").write_text("base")
    clashes = data_files.provide(places.application, [shared], offers)
    assert set(clashes) == {
        DataClash("tool 2.0", "tool 1.0", "tool-1.0", ("share/a", "share/b")),
        DataClash("tool 2.0", "late 1", "late-1", ("share/a",)),
        DataClash("Base 7", "late 1", "late-1", ("share/shared",)),
    }
    assert places.texts("share") == {"a": "2", "b": "2", "same": "x", "c": "1", "shared": "base"}


def test_a_file_where_another_has_a_folder(places: Places) -> None:
    offers = [
        places.offer("one==1", share__tool="file"),
        places.offer("two==1", share__tool__file="in a folder"),
    ]
    (clash,) = data_files.provide(places.application, [], offers)
    assert clash == DataClash("", "two 1", "two-1", ("share/tool/file",))
    assert clash.message() == "share/tool/file: others, not those of two 1 (in two-1)"


def test_a_clash_in_words() -> None:
    clash = DataClash("tool 2", "tool 1", "old", ("share/a", "share/b", "share/c"))
    assert clash.message() == "share/a and 2 more: those of tool 2, not those of tool 1 (in old)"


@pytest.mark.parametrize(
    ("program", "written"),
    [
        ("{own}/bin/python3.11", "python"),
        ("/no/such/folder/bin/python3", "python"),
        ("python3", None),
        ("/bin/sh", None),
        ("/no/such/folder/bin/bash", None),
    ],
)
def test_kernels(program: str, written: str | None, places: Places) -> None:
    """One that starts another program, or a Python that is there, is right as it is."""
    argv = [program.format(own=places.root / "py_modules/tool-1.0"), "-m", "kernel"]
    files: dict[str, Any] = {"share__kernel__kernel.json": json.dumps({"argv": argv})}
    offer = places.offer("tool==1.0", **files)
    data_files.provide(places.application, [], [offer])
    file = places.application.folder / "share/kernel/kernel.json"
    assert file.is_symlink() is (written is None)
    if written is not None:
        assert file.read_text() == '{\n "argv": [\n  "python",\n  "-m",\n  "kernel"\n ]\n}\n'
