from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import InvalidRequirement, Requirement

from orchestrator.config.model import DirectRequirement
from orchestrator.config.project import load_project
from orchestrator.config.requirements import applicable
from orchestrator.errors import ConfigError
from tests.support.packaging_words import reason_of_packaging

if TYPE_CHECKING:
    from pathlib import Path

Load = Callable[..., tuple[DirectRequirement, ...]]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load a project with these dependencies (TOML, line 3) and `[tool.mvenv.constraints]` (from line 5)."""
    monkeypatch.chdir(tmp_path)

    def load(dependencies: str, constraints: str = "") -> tuple[DirectRequirement, ...]:
        pyproject = tmp_path / "pyproject.toml"
        pyproject.write_text(
            f'[project]\nname = "a"\ndependencies = {dependencies}\n[tool.mvenv.constraints]\n{constraints}',
            encoding="utf-8",
        )
        return load_project(pyproject).requirements

    return load


@pytest.fixture
def refusal(load: Load) -> Callable[..., str]:
    def refusal(dependencies: str, constraints: str = "") -> str:
        with pytest.raises(ConfigError) as caught:
            load(dependencies, constraints)
        return str(caught.value)

    return refusal


class TestDependencies:
    def test_order_text_and_false_markers_are_kept(self, load: Load) -> None:
        texts = ["B_b  >=1", "a ; python_version < '3'", "a @ https://example.org/a-1.whl", "b.B[x]==2"]
        requirements = load(_toml(texts))
        assert [requirement.text for requirement in requirements] == texts
        assert [requirement.name for requirement in requirements] == ["b-b", "a", "a", "b-b"]
        assert [requirement.entry for requirement in requirements] == [
            f"project.dependencies[{index}]" for index in range(4)
        ]

    @pytest.mark.parametrize(("value", "given"), [('"b"', "a string"), ("{b = '1'}", "a table")])
    def test_not_a_list(self, refusal: Callable[..., str], value: str, given: str) -> None:
        assert refusal(value) == (
            f"error: `project.dependencies` must be a list of strings, not {given}\n"
            "  cause: pyproject.toml:3: project.dependencies"
        )

    def test_an_entry_that_is_no_string(self, refusal: Callable[..., str]) -> None:
        assert refusal('["b",\n\n {name = "c"}]') == (
            "error: `project.dependencies[1]` must be a string, not a table\n"
            "  cause: pyproject.toml:5: project.dependencies[1]"
        )

    @pytest.mark.parametrize("text", ["b >> 2", "", "b @ ", "b ; os_name"])
    def test_an_entry_that_does_not_parse(self, refusal: Callable[..., str], text: str) -> None:
        assert refusal(f'[\n"{text}"]') == (
            f"error: `{text}` is not a valid requirement\n"
            f"  cause: pyproject.toml:4: project.dependencies[0]: {reason_of_packaging(text)}"
        )

    @pytest.mark.parametrize("path", ["../lib", "lib", "file:lib", "./lib-1.0.zip"])
    def test_a_path_where_a_url_belongs(self, refusal: Callable[..., str], path: str) -> None:
        message, cause, _, hint = refusal(f'["lib @ {path}"]').split("\n")
        assert message == f"error: `lib @ {path}` is not a valid requirement"
        assert cause.endswith(f"behind `@` stands a URL, and `{path}` is a relative path")
        assert f": `mvenv add {path.removeprefix('file:')}` writes it there" in hint

    @pytest.mark.parametrize(
        "url", ["/opt/lib", "file:///opt/lib", "file:${HERE}/lib", "${HERE}/lib", "C:/lib"]
    )
    def test_what_uv_takes_for_a_url(self, load: Load, url: str) -> None:
        assert [one.text for one in load(f'["lib @ {url}"]')] == [f"lib @ {url}"]

    def test_a_text_with_line_breaks_stays_on_one_line(self, refusal: Callable[..., str]) -> None:
        assert refusal('["b\\nc\\u001b"]').startswith(
            "error: `b\\nc\\x1b` is not a valid requirement\n  cause: pyproject.toml:3: "
        )

    def test_a_very_long_text_is_cut(self, refusal: Callable[..., str]) -> None:
        message = refusal(f'["{"b " * 1000}"]').split("\n")[0]
        assert message == f"error: `{'b ' * 60}…` is not a valid requirement"

    def test_a_marker_nested_too_deeply(self, refusal: Callable[..., str]) -> None:
        """packaging counts the levels since 26.4, and says its limit; before, Python's own was reached."""
        marker = "(" * 5000 + "os_name == 'a'" + ")" * 5000
        message, cause = refusal(f'["b ; {marker}"]').split("\n")
        assert message.endswith("is not a valid requirement")
        place, reason = cause.split("project.dependencies[0]: ")
        assert place == "  cause: pyproject.toml:3: "
        assert "nested" in reason
        assert len(reason) < 100

    def test_a_parser_that_recurses_too_deeply(
        self, refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def parse(text: str) -> Requirement:
            raise RecursionError

        monkeypatch.setattr("orchestrator.config.entries.Requirement", parse)
        assert refusal('["b"]') == (
            "error: `b` is not a valid requirement\n"
            "  cause: pyproject.toml:3: project.dependencies[0]: it is nested too deeply"
        )


class TestDynamic:
    def test_dependencies(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        pyproject = tmp_path / "pyproject.toml"
        # The constraint is not judged: nobody knows what the project requires.
        pyproject.write_text(
            '[project]\nname = "a"\ndynamic = [\n"version",\n"dependencies"]\n'
            '[tool.mvenv.constraints]\nb = ["c<1"]\n'
        )
        with pytest.raises(ConfigError) as caught:
            load_project(pyproject)
        assert str(caught.value) == (
            "error: `dependencies` is dynamic, so pyproject.toml does not say what the project requires\n"
            "  cause: pyproject.toml:5: project.dynamic[1]\n"
            "\n"
            "hint: move the requirements to `project.dependencies`, and delete `dependencies` here"
        )

    def test_not_a_list(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "pyproject.toml").write_text('[project]\nname = "a"\ndynamic = "version"\n')
        with pytest.raises(ConfigError) as caught:
            load_project(tmp_path / "pyproject.toml")
        assert str(caught.value) == (
            "error: `project.dynamic` must be a list of strings, not a string\n"
            "  cause: pyproject.toml:3: project.dynamic"
        )


class TestConstraints:
    def test_bounds_and_additions_go_to_every_entry_of_the_distribution(self, load: Load) -> None:
        one, other, third = load(
            _toml(["b-c<1 ; os_name == 'nt'", "d", "B_C>=1"]),
            'B-c = [" x<2 ", "+ y ", "+z[e]>1", "v @ https://example.org/v-1.whl"]\n"b.c" = ["w!=3"]',
        )
        assert one.constraints == third.constraints == ("x<2", "v @ https://example.org/v-1.whl", "w!=3")
        assert one.additions == third.additions == ("y", "z[e]>1")
        assert (other.constraints, other.additions) == ((), ())

    def test_an_unknown_name_close_to_a_known_one(self, refusal: Callable[..., str]) -> None:
        assert refusal('["numpy", "pandas"]', 'nmpy = ["c<1"]') == (
            "error: `nmpy` is not a direct requirement of the project\n"
            "  cause: pyproject.toml:5: tool.mvenv.constraints.nmpy\n"
            "\n"
            "hint: did you mean `numpy` instead of `nmpy`?"
        )

    def test_an_unknown_name_close_to_none(self, refusal: Callable[..., str]) -> None:
        assert refusal('["pandas", "numpy"]', 'requests = ["c<1"]').endswith(
            "\nhint: the direct requirements are `numpy` and `pandas`"
        )

    def test_an_unknown_name_among_many(self, refusal: Callable[..., str]) -> None:
        rendered = refusal(_toml([f"aaaa{number:02}" for number in range(20)]), 'zz = ["c<1"]')
        listed = ", ".join(f"`aaaa{number:02}`" for number in range(12))
        assert rendered.endswith(f"\nhint: the direct requirements are {listed}, …")

    def test_an_unknown_name_where_nothing_is_required(self, refusal: Callable[..., str]) -> None:
        assert refusal("[]", 'zz = ["c<1"]').endswith(
            "\nhint: the project has no direct requirements to constrain"
        )

    def test_a_requirement_that_does_not_parse_is_no_unknown_name(self, refusal: Callable[..., str]) -> None:
        assert refusal('["numpy >> 2"]', 'numpy = ["c<1"]').startswith(
            "error: `numpy >> 2` is not a valid requirement\n"
        )

    @pytest.mark.parametrize("plus", ["", "+"])
    def test_an_entry_that_does_not_parse(self, refusal: Callable[..., str], plus: str) -> None:
        assert refusal('["b"]', f'b = [\n"x<1",\n"{plus}c >> 1"]') == (
            "error: `c >> 1` is not a valid requirement\n"
            f"  cause: pyproject.toml:7: tool.mvenv.constraints.b[1]: {reason_of_packaging('c >> 1')}"
        )

    def test_only_one_plus(self, refusal: Callable[..., str]) -> None:
        assert refusal('["b"]', 'b = ["++c"]').startswith("error: `+c` is not a valid requirement\n")

    def test_a_bound_that_bounds_nothing(self, refusal: Callable[..., str]) -> None:
        assert refusal('["b"]', "b = [\"numpy ; os_name == 'posix'\"]") == (
            "error: the constraint `numpy ; os_name == 'posix'` bounds no version\n"
            "  cause: pyproject.toml:5: tool.mvenv.constraints.b[0]\n"
            "\n"
            "hint: add a version bound to `numpy ; os_name == 'posix'`, "
            "or write `+numpy ; os_name == 'posix'` to require it as well"
        )


class TestApplicable:
    def test_false_markers_are_dropped(self, load: Load) -> None:
        requirements = load(
            _toml(["a", "b ; python_version < '3.12'", "c ; sys_platform == 'plan9'", "d ; extra == 'x'"])
        )

        def names(environment: dict[str, str]) -> list[str]:
            return [found.name for found in applicable(requirements, environment)]

        assert names({"python_version": "3.11"}) == ["a", "b"]
        assert names({"python_version": "3.12", "sys_platform": "plan9"}) == ["a", "c"]

    def test_what_the_environment_leaves_out_is_that_of_this_python(self, load: Load) -> None:
        requirements = load(_toml(["a ; implementation_name == 'cpython'", "b ; python_version < '3'"]))
        assert [found.name for found in applicable(requirements, {})] == ["a"]

    def test_requirements_come_back_as_they_are(self, load: Load) -> None:
        requirements = load(_toml(["b", "a"]), 'a = ["c<1"]')
        assert applicable(requirements, {}) == requirements

    @pytest.mark.parametrize("marker", ["os_name ~= 'posix'", "'x' in extras"])
    def test_a_marker_without_an_answer(self, load: Load, marker: str) -> None:
        try:
            Requirement(f"a ; {marker}")
        except InvalidRequirement:
            pytest.skip("this packaging is older than `extras` markers, and calls them invalid")
        requirements = load(_toml([f"a ; {marker}"]))
        with pytest.raises(ConfigError) as caught:
            applicable(requirements, {})
        assert str(caught.value).startswith(
            f"error: the environment marker of `a ; {marker}` has no answer\n"
            "  cause: project.dependencies[0]: "
        )


def _toml(texts: list[str]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"
