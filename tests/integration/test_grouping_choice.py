"""Which of the partitions with equally few groups it is, and when one group more is better than an old release."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from tests.support.sdists import build_sdist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def locked(
    project: ProjectFolder, requirements: Sequence[str], *lines: str
) -> list[tuple[list[str], dict[str, str]]]:
    """Return the groups of a lock: requirements, and what they are resolved to."""
    project.pyproject(requirements, "\n".join(("[tool.mvenv]", *lines, "")))
    project.mvenv("lock", "--upgrade")
    return groups_of(project)


def groups_of(project: ProjectFolder) -> list[tuple[list[str], dict[str, str]]]:
    """Return the groups of the lock that there is, likewise."""
    lock = tomllib.loads((project.root / "mvenv.lock").read_text("utf-8"))
    return [
        (group["requirements"], {package["name"]: package["version"] for package in group["packages"]})
        for group in lock["group"]
    ]


class TestWhoIsBesideWhom:
    def test_what_depends_on_a_requirement_of_the_project_is_beside_it(
        self, project: ProjectFolder, index: Index
    ) -> None:
        """As `pandas` beside `numpy==2.0.2`, not beside the `numba` that needs another numpy."""
        for version in ("1.0", "1.1"):
            index.add("array", version)
        index.add("jit", "1.0", requires=["array<1.1"])
        index.add("frames", "1.0", requires=["array"])
        groups = locked(project, ["jit", "array==1.1", "frames"])
        assert [names for names, _ in groups] == [["array==1.1", "frames"], ["jit"]]

    def test_near_counts_more_than_far(self, project: ProjectFolder, index: Index) -> None:
        for version in ("1.0", "1.1"):
            index.add("core", version)
            index.add("client", version, requires=[f"core=={version}"])
        index.add("scanner", "1.0", requires=["client==1.0"])
        groups = locked(project, ["scanner", "client==1.1", "core"])
        assert [names for names, _ in groups] == [["client==1.1", "core"], ["scanner"]]

    def test_nobody_is_pulled_down_where_there_is_another_place(
        self, project: ProjectFolder, index: Index
    ) -> None:
        for version in ("1.0", "2.0"):
            index.add("http", version)
        index.add("pinned", "1.0", requires=["http==1.0"])
        index.add("modern", "1.0", requires=["http>=2"])
        index.add("healthy", "1.0", requires=["http"])
        groups = locked(project, ["pinned", "healthy", "modern"])
        assert [names for names, _ in groups] == [["healthy", "modern"], ["pinned"]]

    def test_the_order_of_pyproject_decides_what_is_left(self, project: ProjectFolder, index: Index) -> None:
        index.add("low", "1.0")
        index.add("low", "1.1")
        index.add("one", "1.0", requires=["low<1.1"])
        index.add("two", "1.0", requires=["low>=1.1"])
        index.add("free", "1.0")
        assert [names for names, _ in locked(project, ["two", "one", "free"])] == [["two", "free"], ["one"]]


class TestKin:
    """What belongs together although neither side requires the other, as installing tells."""

    HOST = (
        "from importlib.metadata import entry_points\n"
        "def plugs(): return sorted(each.name for each in entry_points(group='host.plugs'))\n"
    )

    def publish(self, index: Index) -> None:
        index.add("low", "1.0")
        index.add("low", "1.1")
        index.add("one", "1.0", requires=["low<1.1"])
        index.add("other", "1.0", requires=["low>=1.1"])
        index.add("host", "1.0", requires=["low<1.1"], files={"host.py": self.HOST})

    def test_a_plug_in_is_beside_its_host(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        index.add("plug", "1.0", requires=["low"], entry_point_groups={"host.plugs": {"plug": "plug"}})
        project.pyproject(["other", "plug", "host"])
        said = project.mvenv("build")
        assert project.python("-c", "import host; print(host.plugs())").out == "['plug']\n"
        assert "extends" not in said.err

    def test_one_that_cannot_be_is_told(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        index.add("plug", "1.0", requires=["low>=1.1"], entry_point_groups={"host.plugs": {"plug": "plug"}})
        project.pyproject(["host", "plug"])
        said = project.mvenv("build")
        assert "`plug` extends `host`, and they are in different environments" in said.err
        assert "together" not in said.err

    def test_what_cures_it_is_told(self, project: ProjectFolder, index: Index) -> None:
        """Not `together` for two that are in a conflict with each other."""
        self.publish(index)
        index.add("plug", "1.0", requires=["low"], entry_point_groups={"host.plugs": {"plug": "plug"}})
        project.pyproject(["host", "plug", "other"], '[tool.mvenv]\ntogether = [["plug", "other"]]\n')
        said = project.mvenv("build")
        assert 'together = [["host", "plug"]]' in said.err

    def test_one_that_says_whose_it_is_is_beside_its_host(self, project: ProjectFolder, index: Index) -> None:
        """By a classifier: neither entry points nor a requirement, as many of Sphinx's extensions."""
        self.publish(index)
        index.add("plug", "1.0", requires=["low"], classifiers=["Framework :: Host :: Extension"])
        project.pyproject(["other", "plug", "host"])
        project.mvenv("build")
        assert [names for names, _ in groups_of(project)] == [["host", "plug"], ["other"]]

    def test_what_nobody_has_asked_for_is_not_told(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        index.add("plug", "1.0", requires=["low>=1.1"], entry_point_groups={"host.plugs": {"plug": "plug"}})
        index.add("app-of-host", "1.0", requires=["host"])
        index.add("app-of-plug", "1.0", requires=["plug"])
        project.pyproject(["app-of-host", "app-of-plug"])
        assert "extends" not in project.mvenv("build").err
        project.pyproject(["host", "app-of-plug"])
        said = project.mvenv("build")
        assert "`plug` extends `host`" in said.err
        assert "together" not in said.err

    def test_a_plug_in_is_beside_the_host_that_the_project_requires(
        self, project: ProjectFolder, index: Index
    ) -> None:
        """As hypothesis beside `pytest==7.4.4`, not beside the pytest 8 that some other plug-in needs."""
        for version in ("1.0", "2.0"):
            index.add("host", version, files={"host.py": self.HOST})
        plug = {"host.plugs": {"plug": "plug"}}
        index.add("plug", "1.0", files={"plug.py": "import host\n"}, entry_point_groups=plug)
        index.add("modern", "1.0", requires=["host>=2"])
        index.add("tool", "1.0", requires=["host>=2"])
        project.pyproject(["tool", "plug", "modern", "host==1.0"])
        said = project.mvenv("build")
        assert project.python("-c", "import host; print(host.plugs())").out == "['plug']\n"
        assert "extends" not in said.err

    def test_what_imports_a_requirement_of_the_project_is_beside_it(
        self, project: ProjectFolder, index: Index
    ) -> None:
        """As ddtrace beside `requests==2.31.0`, which it instruments, not beside the requests of somebody else."""
        for version in ("1.0", "2.0"):
            index.add("client", version, files={"client.py": f"VERSION = '{version}'\n"})
        index.add("modern", "1.0", requires=["client>=2"])
        index.add("tool", "1.0", requires=["client>=2"])
        source = "from client import VERSION\n"
        index.add("tracer", "1.0", files={"tracer.py": source})
        index.add("meter", "1.0", files={"meter.py": source}, extras={"instruments": ["client>=1"]})
        project.pyproject(["tool", "tracer", "meter", "modern", "client==1.0"])
        project.mvenv("build")
        found = project.python(
            "-c", "import client, tracer, meter; print(client.VERSION, tracer.VERSION, meter.VERSION)"
        )
        assert found.out == "1.0 1.0 1.0\n"

    def test_a_plug_in_is_beside_who_runs_the_host(self, project: ProjectFolder, index: Index) -> None:
        """As OpenTelemetry's instrumentation of requests beside its distro: both require what loads the first."""
        for version in ("1.0", "2.0"):
            index.add("client", version)
        index.add("modern", "1.0", requires=["client>=2"])
        index.add("tool", "1.0", requires=["client>=2"])
        index.add("host", "1.0", files={"tele/host.py": self.HOST})
        index.add("runner", "1.0", requires=["host"], files={"tele/runner.py": "from tele import host\n"})
        plugs = {"host.plugs": {"plug": "tele.plug"}}
        files = {"tele/plug.py": "import client\n"}
        index.add("plug", "1.0", requires=["host"], files=files, entry_point_groups=plugs)
        project.pyproject(["tool", "runner", "plug", "modern", "client==1.0"])
        project.mvenv("build")
        program = (
            "import client, tele.plug, tele.runner as by; print(tele.plug.client is client, by.host.plugs())"
        )
        assert project.python("-c", program).out == "True ['plug']\n"

    def test_what_can_be_used_is_beside_who_can_use_it(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        index.add("mail", "1.0", requires=["low"], files={"mail.py": "import low\n"})
        index.add(
            "model",
            "1.0",
            requires=["low<1.1"],
            extras={"mail": ["mail"]},
            files={"model.py": "def mail():\n    import mail, low\n    return mail.low is low\n"},
        )
        project.pyproject(["other", "mail", "model"])
        project.mvenv("build")
        assert project.python("-c", "import model; print(model.mail())").out == "True\n"


class TestVersions:
    def test_one_version_where_one_serves_all(self, project: ProjectFolder, index: Index) -> None:
        """A bound that only one group has reaches the other, too."""
        for version in ("1.0", "2.0"):
            index.add("click", version)
        for version in ("2.0", "2.4"):
            index.add("array", version)
        index.add("queue", "1.0", requires=["click<2", "array"])
        index.add("format", "1.0", requires=["click>=2", "array<2.4"])
        groups = locked(project, ["queue", "format"])
        assert [pins["array"] for _, pins in groups] == ["2.0", "2.0"]
        assert [pins["click"] for _, pins in groups] == ["1.0", "2.0"]

    def test_not_at_the_price_of_a_major_version(self, project: ProjectFolder, index: Index) -> None:
        for version in ("1.0", "2.0"):
            index.add("click", version)
            index.add("array", version)
        index.add("queue", "1.0", requires=["click<2", "array"])
        index.add("format", "1.0", requires=["click>=2", "array<2"])
        groups = locked(project, ["queue", "format"])
        assert [pins["array"] for _, pins in groups] == ["2.0", "1.0"]

    def test_the_version_of_another_group_is_not_taken_over_if_it_is_old(
        self, project: ProjectFolder, index: Index
    ) -> None:
        """The first group's versions are preferred in the second one, but not its ancient ones."""
        for version in ("1.0", "2.0"):
            index.add("click", version)
            index.add("array", version)
        index.add("queue", "1.0", requires=["click<2", "array<2"])
        index.add("helper", "1.0", requires=["click<2"])
        index.add("format", "1.0", requires=["click>=2", "array"])
        groups = locked(project, ["queue", "helper", "format"])
        assert [pins.get("array") for _, pins in groups] == ["1.0", "2.0"]


class TestSetbacks:
    """An old release without bounds is no answer."""

    def publish(self, index: Index) -> None:
        for version in ("1.0", "2.0"):
            index.add("trace", version)
        index.add("scan", "1.0")
        index.add("scan", "3.0", requires=["trace<2"])
        index.add("log", "5.0", requires=["trace>=2"])

    def test_a_plug_in_stays_beside_what_it_extends(self, project: ProjectFolder, index: Index) -> None:
        """As `pytest-asyncio` beside `pytest==7.1`, which would not see it elsewhere; not so a mere dependency."""
        for version in ("1.0", "3.0"):
            index.add("host", version)
            index.add("host-plug", version, requires=[f"host=={version}"])
            index.add("hostplug", version, requires=[f"host=={version}"])
            index.add("user", version, requires=[f"host=={version}"])
            says = "Framework :: Host :: Extension"
            index.add("parser", version, requires=[f"host=={version}"], classifiers=[says])
        groups = locked(project, ["host==1.0", "host-plug", "hostplug"])
        assert [names for names, _ in groups] == [["host==1.0", "host-plug", "hostplug"]]
        groups = locked(project, ["host==1.0", "host-plug", "user", "parser"])
        assert [names for names, _ in groups] == [["host==1.0", "host-plug", "parser"], ["user"]]

    def test_it_is_a_conflict(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        groups = locked(project, ["scan", "log"])
        assert [(names, pins.get("scan")) for names, pins in groups] == [(["scan"], "3.0"), (["log"], None)]
        lock = (project.root / "mvenv.lock").read_text("utf-8")
        assert "scan would be 1.0; without the others it is 3.0" in lock

    def test_unless_the_fewest_are_wanted(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        groups = locked(project, ["scan", "log"], 'prefer = "fewest"')
        assert [(names, pins["scan"]) for names, pins in groups] == [(["scan", "log"], "1.0")]
        said = project.mvenv("build", "--upgrade")
        assert "`scan` is 1.0, far behind 3.0, which it could be without `log`" in said.err
        assert 'prefer = "newest"' in said.err

    def test_who_depends_on_it_may_set_it_back(self, project: ProjectFolder, index: Index) -> None:
        """They are there to work together: numba, and the numpy of the project."""
        for version in ("1.0", "2.0"):
            index.add("array", version)
        index.add("jit", "1.0", requires=["array<2"])
        groups = locked(project, ["jit", "array"])
        assert [names for names, _ in groups] == [["jit", "array"]]
        said = project.mvenv("build", "--upgrade")
        assert "`array` is 1.0, far behind 2.0, which it could be without `jit`" in said.err

    def test_what_the_project_says_itself_sets_nothing_back(
        self, project: ProjectFolder, index: Index
    ) -> None:
        """It may say it of one requirement in two places: what it runs with, and what its developers do."""
        for version in ("1.0", "2.0"):
            index.add("array", version)
        project.pyproject(["array==1.0"], '[dependency-groups]\ndev = ["array"]\n')
        assert project.mvenv("lock").err.splitlines()[1:] == []

    def test_nor_may_what_it_extends_if_it_would_have_to_be_built(
        self, project: ProjectFolder, index: Index
    ) -> None:
        """Old source distributions often do not build any more."""
        for version in ("1.0", "2.0"):
            index.add("host", version)
        build_sdist(index.folder, "host-plug", "1.0", requires=["host"])
        index.add("host-plug", "3.0", requires=["host>=2"])
        groups = locked(project, ["host==1.0", "host-plug"])
        assert [names for names, _ in groups] == [["host==1.0"], ["host-plug"]]

    def test_a_small_step_back_is_none(self, project: ProjectFolder, index: Index) -> None:
        index.add("trace", "1.0")
        index.add("trace", "2.0")
        index.add("scan", "3.0")
        index.add("scan", "3.1", requires=["trace<2"])
        index.add("log", "5.0", requires=["trace>=2"])
        groups = locked(project, ["scan", "log"])
        assert [names for names, _ in groups] == [["scan", "log"]]
        groups = locked(project, ["scan", "log"], 'isolate = ["scan"]')
        assert [(names, pins.get("scan")) for names, pins in groups] == [(["scan"], "3.1"), (["log"], None)]

    def test_how_far_is_too_far_can_be_said(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        groups = locked(project, ["scan", "log"], "lag = {majors = 3}")
        assert [names for names, _ in groups] == [["scan", "log"]]


class TestWhatDoesNotImport:
    """Metadata promises too much: of two places that it allows one may not work."""

    def publish(self, index: Index) -> None:
        for version in ("1.0", "1.1"):
            index.add("low", version, files={"low.py": f"__version__ = '{version}'\n"})
        index.add("one", "1.0", requires=["low<1.1"])
        index.add("helper", "1.0", requires=["low<1.1"])
        index.add("other", "1.0", requires=["low>=1.1"])
        index.add(
            "picky",
            "1.0",
            requires=["low"],
            files={"picky.py": "import low\nassert low.__version__ == '1.1', 'too old'\n"},
        )

    def test_the_next_best_partition_is_tried(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        project.pyproject(["one", "helper", "other", "picky"])
        said = project.mvenv("build")
        assert "does not import" not in said.err
        assert project.python("-c", "import picky; print(picky.low.__version__)").out == "1.1\n"
        assert "`picky` does not import beside them" in (project.root / "mvenv.lock").read_text("utf-8")
        again = project.mvenv("build")
        assert "Up to date" in again.err

    def test_one_group_more_is_not_taken_for_it(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        project.pyproject(["one", "helper", "picky"], '[tool.mvenv]\nisolate = ["helper"]\n')
        said = project.mvenv("build")
        assert "`picky` does not import (picky): AssertionError: too old" in said.err
        groups = tomllib.loads((project.root / "mvenv.lock").read_text("utf-8"))["group"]
        assert len(groups) == 1
