"""What the user decides about the grouping: isolate, together, singletons, aliases, overrides."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.integration.workshop import CONFLICT, publish_conflict

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def settings(text: str) -> str:
    return f"[tool.mvenv]\n{text}\n"


def homes(project: ProjectFolder) -> dict[str, list[str]]:
    """Return environment → distributions in it."""
    drawn = json.loads(project.mvenv("graph", "--format", "json").out)
    return {
        place["name"]: [entry["name"] for entry in place["distributions"]]
        for place in (drawn["application"], *drawn["environments"])
        if place["distributions"]
    }


def overrides(project: ProjectFolder, data: dict[str, Any]) -> None:
    project.write("custom_dependencies_versions.json", json.dumps(data))


def printed(project: ProjectFolder, expression: str, imports: str) -> str:
    return project.python("-c", f"import {imports}; print({expression})").out.strip()


class TestIsolate:
    def test_without_a_conflict(self, project: ProjectFolder, index: Index) -> None:
        publish_conflict(index)
        project.pyproject(["dep-a", "plain"], settings('isolate = ["low"]'))
        project.mvenv("build")
        assert homes(project) == {"application": ["plain"], "dep-a": ["dep-a"], "low": ["low"]}
        assert printed(project, "dep_a.low_version, low.__version__", "dep_a, low") == "1.0 1.0"
        assert project.read_json("versioned_packages.json") == ["dep-a", "low"]

    def test_each_version_has_an_environment(self, project: ProjectFolder, index: Index) -> None:
        publish_conflict(index)
        project.pyproject(["dep-a", "dep-b"], settings('isolate = ["low", "plain"]'))
        project.mvenv("build")
        assert homes(project) == {
            "dep-a": ["dep-a"],
            "dep-b": ["dep-b"],
            "low": ["low"],
            "low-2": ["low"],
            "plain": ["plain"],
        }
        assert printed(project, "dep_a.low_version, dep_b.low_version", "dep_a, dep_b") == "1.0 2.0"
        assert printed(project, "dep_a.plain is dep_b.plain is plain", "dep_a, dep_b, plain") == "True"

    def test_it_sees_its_group(self, project: ProjectFolder, index: Index) -> None:
        """Also what it does not require: plugins find their host."""
        publish_conflict(index)
        index.add(
            "host",
            "1.0",
            requires=["low<2"],
            files={"host.py": "def plug():\n    import dep_a\n    return dep_a\n"},
        )
        project.pyproject(["host", "dep-a", "dep-b"], settings('isolate = ["host"]'))
        project.mvenv("build")
        assert printed(project, "host.plug() is dep_a", "host, dep_a") == "True"


class TestTogether:
    def test_they_share_a_group(self, project: ProjectFolder, index: Index) -> None:
        """`extra` would be beside `dep-b`, where it has the newer `low`, but it is wanted beside `dep-a`."""
        publish_conflict(index)
        index.add(
            "extra",
            "1.0",
            requires=["low"],
            files={"extra.py": "import low\nlow_version = low.__version__\n"},
        )
        project.pyproject([*CONFLICT, "extra"])
        project.mvenv("build")
        assert printed(project, "extra.low_version", "extra") == "2.0"
        project.pyproject([*CONFLICT, "extra"], settings('together = [["extra", "dep-a"]]'))
        project.mvenv("build")
        assert printed(project, "extra.low_version", "extra") == "1.0"

    def test_what_excludes_each_other_is_refused(self, project: ProjectFolder, index: Index) -> None:
        publish_conflict(index)
        project.pyproject(["dep-a", "dep-b"], settings('together = [["dep-a", "dep-b"]]'))
        said = project.mvenv("build", check=False)
        assert said.code == 1
        assert "my-app → dep-a 1.0 → low<2" in said.err or "my-app → dep-a → low<2" in said.err
        assert "tool.mvenv.together" in said.err


class TestSingletons:
    def test_one_version_is_found(self, project: ProjectFolder, index: Index) -> None:
        publish_conflict(index)
        for version in ("1.0", "2.0"):
            index.add("shared", version)
        index.add("one", "1.0", requires=["low<2", "shared"], files={"one.py": "import shared\n"})
        index.add("two", "1.0", requires=["low>=2", "shared<2"], files={"two.py": "import shared\n"})
        project.pyproject(["one", "two"])
        project.mvenv("build")
        assert printed(project, "one.shared is two.shared", "one, two") == "False"
        project.pyproject(["one", "two"], settings('singletons = ["shared"]'))
        project.mvenv("build")
        assert printed(project, "one.shared is two.shared", "one, two") == "True"
        assert homes(project)["application"] == ["shared"]

    def test_there_is_none(self, project: ProjectFolder, index: Index) -> None:
        publish_conflict(index)
        project.pyproject(["dep-a", "dep-b"], settings('singletons = ["low"]'))
        said = project.mvenv("build", check=False)
        assert said.code == 1
        for part in (
            "no version of `low` will do for everybody",
            "low<2",
            "low>=2",
            "project.dependencies[1]",
        ):
            assert part in said.err
        assert not (project.root / ".venv").exists()


class TestAliases:
    def test_a_second_version(self, project: ProjectFolder, index: Index) -> None:
        publish_conflict(index)
        project.pyproject(["low", "plain"], '[tool.mvenv.aliases]\nlow_old = "low==1.0"\n')
        project.mvenv("build")
        assert printed(project, "low.__version__, low_old.__version__", "low, low_old") == "2.0 1.0"
        assert printed(project, "low_old.__name__", "low_old") == "low"

    def test_without_any_conflict(self, project: ProjectFolder, index: Index) -> None:
        publish_conflict(index)
        project.pyproject(["plain"], '[tool.mvenv.aliases]\nlow_old = "low==1.0"\n')
        project.mvenv("build")
        assert printed(project, "low_old.__version__", "low_old") == "1.0"


class TestOverrides:
    def publish(self, index: Index) -> None:
        """The documents' distributions: everybody needs any `c`."""
        for version in ("1.1.1", "3.3.3", "4.4.4"):
            index.add("c", version)
        source = "import c\nseen = c.__version__\n"
        index.add("a", "2.2.2", requires=["c"], files={"a.py": source})
        index.add("b", "2.2.2", requires=["c"], files={"b.py": source})
        index.add("d", "0.1.0", requires=["c"], files={"d.py": source})
        through = "import b, d\nseen = (b.seen, d.seen)\n"
        index.add("a", "1.1.1", requires=["b", "d"], files={"a.py": through})

    def test_flat(self, project: ProjectFolder, index: Index) -> None:
        """And it does not leak: `b` keeps the latest."""
        self.publish(index)
        project.pyproject(["a", "b"])
        project.mvenv("build")
        assert printed(project, "a.seen, b.seen", "a, b") == "4.4.4 4.4.4"
        assert not (project.root / "py_modules").exists()
        overrides(project, {"a": {"2.2.2": {"c": "1.1.1"}}})
        project.mvenv("build")
        assert printed(project, "a.seen, b.seen", "a, b") == "1.1.1 4.4.4"
        overrides(project, {})
        project.mvenv("build")
        assert printed(project, "a.seen, b.seen", "a, b") == "4.4.4 4.4.4"

    def test_the_documents_two_branches(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        data = {
            "a": {"1.1.1": {"b": {"2.2.2": {"c": {"3.3.3": {}}}}, "d": {"0.1.0": {"c": {"4.4.4": {}}}}}},
            "b": {"2.2.2": {"c": {"4.4.4": {}}}},
        }
        overrides(project, data)
        project.pyproject(["a==1.1.1", "b"])
        project.mvenv("build")
        assert printed(project, "a.seen, b.seen", "a, b") == "('3.3.3', '4.4.4') 4.4.4"
        assert project.read_json("custom_dependencies_versions.json") == data

    def test_it_beats_the_metadata(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        index.add("strict", "1.0", requires=["c>=4"], files={"strict.py": "import c\nseen = c.__version__\n"})
        overrides(project, {"strict": {"1.0": {"c": "1.1.1"}}})
        project.pyproject(["strict", "a"])
        project.mvenv("build")
        assert printed(project, "strict.seen, a.seen", "strict, a") == "1.1.1 4.4.4"

    def test_whatever_settings_uv_has(self, project: ProjectFolder, index: Index) -> None:
        """Overrides reach uv in a file of settings; the user's own must not be lost, nor come back."""
        self.publish(index)
        overrides(project, {"a": {"2.2.2": {"c": "1.1.1"}}})
        project.pyproject(
            ["a", "b"], '[tool.uv]\nconstraint-dependencies = ["c<4"]\nprerelease = "disallow"\n'
        )
        for env in ({}, {"UV_NO_CONFIG": "1"}):
            project.mvenv("build", "--upgrade", env=env)
            assert printed(project, "a.seen", "a") == "1.1.1"

    def test_of_the_project_itself(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        overrides(project, {"my-app": {"1.0": {"c": "1.1.1"}}})
        project.pyproject(["c", "a"])
        project.mvenv("build")
        assert printed(project, "c.__version__", "c") == "1.1.1"

    def test_a_version_that_does_not_exist(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        overrides(project, {"a": {"2.2.2": {"c": "9"}}})
        project.pyproject(["a"])
        said = project.mvenv("build", check=False)
        assert said.code == 1
        assert "custom_dependencies_versions.json" in said.err
        assert "a 2.2.2 → c 9" in said.err
        assert "Traceback" not in said.err

    def test_of_what_nobody_has(self, project: ProjectFolder, index: Index) -> None:
        """It is told, and changes nothing: what it names as a dependency keeps its version."""
        index.add("low", "1.0")
        index.add("plain", "1.0", requires=["low"])
        project.pyproject(["plain"])
        project.mvenv("lock")
        index.add("low", "2.0")
        overrides(project, {"plain": {"9.9": {"low": "2.0"}}, "nobody": {"1.0": {"low": "2.0"}}})
        said = project.mvenv("build").err
        for rule, why in (("plain 9.9", "plain is here in 1.0"), ("nobody 1.0", "no nobody is here")):
            line = (
                f"warning: `custom_dependencies_versions.json`: `{rule} → low 2.0` changes nothing: {why}\n"
            )
            assert line in said
        assert printed(project, "low.__version__", "low") == "1.0"
        overrides(project, {"plain": {"1.0": {"low": "2.0"}}})
        assert "changes nothing" not in project.mvenv("build").err
        assert printed(project, "low.__version__", "low") == "2.0"

    def test_a_cycle(self, project: ProjectFolder, index: Index) -> None:
        self.publish(index)
        overrides(project, {"a": {"2.2.2": {"c": "1.1.1"}}, "c": {"1.1.1": {"a": "2.2.2"}}})
        project.pyproject(["a"])
        said = project.mvenv("build", check=False)
        assert said.code == 1
        assert "a 2.2.2 → c 1.1.1 → a 2.2.2" in said.err


def test_what_is_isolated_and_nowhere(project: ProjectFolder, index: Index) -> None:
    """A slip of the pen is told of; the shell's prompt is the project's name."""
    index.add("low", "1.0")
    project.pyproject(["low"], '[tool.mvenv]\nisolate = ["lov"]')
    assert (
        "warning: `[tool.mvenv] isolate` names `lov`, which nothing here is or requires; did you mean `low` instead of "
        "`lov`?\n"
    ) in project.mvenv("build").err
    assert 'prompt = "my-app"\n' in (project.root / ".venv/pyvenv.cfg").read_text()


def test_requirements_are_added_and_not_installed(project: ProjectFolder) -> None:
    outcome = project.mvenv("install", "low", check=False)
    assert (outcome.code, "hint: `mvenv add low` adds requirements" in outcome.err) == (2, True)
