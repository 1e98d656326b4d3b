"""What the user's settings do: markers, extras, `[tool.mvenv]`, and uv's own settings."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from tests.integration.workshop import publish_conflict
from tests.support.interpreters import found_interpreters
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder


def graph(project: ProjectFolder) -> Any:
    return json.loads(project.mvenv("graph", "--format", "json").out)


def installed(project: ProjectFolder) -> set[tuple[str, str]]:
    found = graph(project)
    places = (found["application"], *found["environments"])
    return {(entry["name"], entry["version"]) for place in places for entry in place["distributions"]}


def test_a_requirement_for_another_platform_is_left_out(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(
        [
            "dep-a",
            "no-such-thing; sys_platform == 'win32'",
            "dep-b; python_version < '3'",
            "plain ; python_version >= '3'",
        ]
    )
    project.mvenv("build")
    assert graph(project)["groups"] == [["dep-a", "plain ; python_version >= '3'"]]
    assert installed(project) == {("dep-a", "1.0"), ("low", "1.0"), ("plain", "1.0")}


def test_markers_part_what_would_exclude_each_other(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(["low<2; python_version < '3'", "low>=2; python_version >= '3'"])
    project.mvenv("build")
    assert installed(project) == {("low", "2.0")}


def test_extras(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    index.add(
        "kit", "1.0", extras={"fast": ["low<2"], "slow": ["low>=2"], "windows": ["ghost; os_name == 'nt'"]}
    )
    index.add("tool", "1.0", requires=["kit[slow]"])
    project.pyproject(["kit[fast,windows]", "tool"])
    project.mvenv("build")
    assert graph(project)["groups"] == [["kit[fast,windows]"], ["tool"]]
    assert installed(project) >= {("low", "1.0"), ("low", "2.0")}
    code = "import kit, tool; print(kit.__version__, tool.__version__)"
    assert project.python("-c", code).out == "1.0 1.0\n"


def test_one_distribution_required_twice_with_different_extras(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    index.add("kit", "1.0", extras={"fast": ["low<2"], "net": ["plain"]})
    project.pyproject(["kit[fast]", "kit[net]>=1"])
    project.mvenv("build")
    assert installed(project) == {("kit", "1.0"), ("low", "1.0"), ("plain", "1.0")}


def test_constraints_bound_and_add(project: ProjectFolder, index: Index) -> None:
    """`old` promises too much: it takes any `low`, and does not say that it needs `bonus`."""
    publish_conflict(index)
    index.add("bonus", "1.0")
    index.add("bonus", "2.0")
    source = "import bonus, low\nversions = low.__version__, bonus.__version__\n"
    index.add("old", "1.0", requires=["low"], files={"old.py": source})
    project.pyproject(
        ["old", "dep-b"],
        """
        [tool.mvenv.constraints]
        "Old" = ["low<2", "+bonus<2"]
        """,
    )
    project.mvenv("build")
    assert graph(project)["groups"] == [["old"], ["dep-b"]]
    assert installed(project) == {
        *(("old", "1.0"), ("low", "1.0"), ("bonus", "1.0")),
        *(("dep-b", "1.0"), ("low", "2.0"), ("plain", "1.0")),
    }
    code = "import old, dep_b; print(*old.versions, dep_b.low_version)"
    assert project.python("-c", code).out == "1.0 1.0 2.0\n"


def test_constraints_of_what_is_not_there_bind_nobody(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(["plain", "dep-b"], '[tool.mvenv.constraints]\nplain = ["ghost<2"]')
    project.mvenv("build")
    assert installed(project) == {("plain", "1.0"), ("dep-b", "1.0"), ("low", "2.0")}


@pytest.fixture
def unaided(project: ProjectFolder) -> ProjectFolder:
    """A project whose wheels uv is told of by the project's settings alone."""
    del project.environment["UV_FIND_LINKS"]  # type: ignore[attr-defined]  # a dict, made for this test
    return project


def test_find_links_of_the_project(unaided: ProjectFolder, tmp_path: Path) -> None:
    own = Index(tmp_path / "own")
    publish_conflict(own)
    unaided.pyproject(["dep-a", "dep-b"], f'[tool.uv]\nfind-links = ["{own.folder}"]')
    unaided.mvenv("build")
    assert (
        unaided.python("-c", "import dep_a, dep_b; print(dep_a.low_version, dep_b.low_version)").out
        == "1.0 2.0\n"
    )


def test_uv_toml_of_the_project(unaided: ProjectFolder, tmp_path: Path) -> None:
    own = Index(tmp_path / "own")
    publish_conflict(own)
    unaided.pyproject(["dep-a", "dep-b"])
    unaided.write("uv.toml", f'find-links = ["{own.folder}"]\n')
    unaided.mvenv("build")
    unaided.python("-c", "import dep_a, dep_b")


def simple_index(folder: Path, wheels: Index) -> str:
    """Write a package index in the form of PEP 503 and return its URL."""
    for wheel in wheels.folder.glob("*.whl"):
        name = wheel.name.partition("-")[0].replace("_", "-")
        page = folder / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        known = page.read_text() if page.exists() else "<!DOCTYPE html>\n"
        page.write_text(f'{known}<a href="{wheel.as_uri()}">{wheel.name}</a><br>\n')
    return folder.as_uri()


def test_an_index_of_the_project(unaided: ProjectFolder, tmp_path: Path) -> None:
    own = Index(tmp_path / "own")
    publish_conflict(own)
    url = simple_index(tmp_path / "simple", own)
    unaided.pyproject(["dep-a", "dep-b"], f'[[tool.uv.index]]\nname = "own"\nurl = "{url}"')
    unaided.mvenv("build")
    unaided.python("-c", "import dep_a, dep_b")


def test_a_distribution_from_an_explicit_index(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    """As PyTorch's CPU builds are asked for: this one index, and only for what names it."""
    publish_conflict(index)
    index.add("special", "1.0", files={"special.py": "where = 'everybody'\n"}, requires=["low<2"])
    own = Index(tmp_path / "own")
    own.add("special", "1.0+cpu", files={"special.py": "where = 'the explicit index'\n"}, requires=["low<2"])
    url = simple_index(tmp_path / "simple", own)
    project.pyproject(
        ["special", "dep-b"],
        f"""
        [[tool.uv.index]]
        name = "cpu"
        url = "{url}"
        explicit = true

        [tool.uv.sources]
        special = {{ index = "cpu" }}
        """,
    )
    project.mvenv("build")
    assert project.python("-c", "import special; print(special.where)").out == "the explicit index\n"


def test_a_wheel_from_an_explicit_index_of_the_same_version(
    project: ProjectFolder, index: Index, tmp_path: Path
) -> None:
    """The version does not tell the two apart; where it comes from must reach the installation."""
    index.add("special", "1.0", files={"special.py": "where = 'everybody'\n"})
    own = Index(tmp_path / "own")
    own.add("special", "1.0", files={"special.py": "where = 'the explicit index'\n"})
    url = simple_index(tmp_path / "simple", own)
    settings = f'[[tool.uv.index]]\nname = "cpu"\nurl = "{url}"\nexplicit = true\n'
    project.pyproject(["special"], settings + '[tool.uv.sources]\nspecial = { index = "cpu" }')
    project.mvenv("build")
    assert project.python("-c", "import special; print(special.where)").out == "the explicit index\n"


@pytest.mark.parametrize("how", ["setting", "variable"])
def test_another_python(how: str, project: ProjectFolder, index: Index) -> None:
    others = [found for found in found_interpreters() if found.version != project.interpreter.version]
    if not others:
        pytest.skip("there is only one supported Python here")
    publish_conflict(index)
    other = others[-1]
    project.pyproject(["dep-a", "dep-b"])
    project.mvenv("build")
    if how == "setting":
        project.pyproject(["dep-a", "dep-b"], f'[tool.mvenv]\npython = "{other.executable}"')
        changed = project.without_request()
    else:
        changed = project.on(other)
    assert changed.mvenv("run", "--no-build", "python", "-V", check=False).code == 1, "that is a change"
    changed.mvenv("build")
    code = "import sys, dep_a, dep_b; print(*sys.version_info[:2], dep_a.low_version, dep_b.low_version, sep='.')"
    assert changed.python("-c", code).out == f"{other.version}.1.0.2.0\n"
    assert changed.mvenv("build").err.startswith("Up to date")


class _DatedIndex(BaseHTTPRequestHandler):
    """An index in the form of PEP 691 whose files have upload times (PEP 700)."""

    wheels: ClassVar[dict[str, tuple[Path, str]]]

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        if name in self.wheels:
            self._answer("application/octet-stream", self.wheels[name][0].read_bytes())
            return
        files = [
            {"filename": file, "url": f"/files/{file}", "upload-time": f"{day}T00:00:00Z", "hashes": {}}
            for file, (_, day) in self.wheels.items()
        ]
        page = {"meta": {"api-version": "1.1"}, "name": "dated", "versions": [], "files": files}
        self._answer("application/vnd.pypi.simple.v1+json", json.dumps(page).encode())

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_exclude_newer(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    wheels = Index(tmp_path / "dated")
    found = {
        path.name: (path, day)
        for path, day in (
            (wheels.add("dated", "1.0"), "2020-01-01"),
            (wheels.add("dated", "2.0"), "2024-01-01"),
        )
    }
    handler = type("Handler", (_DatedIndex,), {"wheels": found})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served = {"UV_DEFAULT_INDEX": f"http://127.0.0.1:{server.server_port}/simple"}
        for setting, version in (("", "2.0"), ('[tool.mvenv]\nexclude-newer = "2022-06-30"', "1.0")):
            project.pyproject(["dated"], setting)
            project.mvenv("build", env=served)
            assert project.python("-c", "import dated; print(dated.__version__)").out == f"{version}\n"
        said = {}
        for setting, version in (
            ('[tool.mvenv]\nexclude-newer = "2022-06-30"', "2.0"),
            ('[tool.mvenv]\nexclude-newer = "2022-06-30"', "3.0"),
            ('[tool.uv]\nexclude-newer = "2022-06-30"', "2.0"),
        ):
            project.pyproject([f"dated=={version}"], setting)
            said[setting[:10], version] = project.mvenv("build", check=False, env=served).err
        server.shutdown()
    assert (
        'hint: `exclude-newer = "2022-06-30"` in `[tool.mvenv]` hides `dated==2.0`'
        in said["[tool.mven", "2.0"]
    )
    assert "exclude-newer" not in said["[tool.mven", "3.0"]
    assert "was filtered by `exclude-newer`" in said["[tool.uv]\n", "2.0"]
    assert "ask for a version that exists" not in said["[tool.uv]\n", "2.0"]


def test_what_tells_builds_apart(project: ProjectFolder, index: Index) -> None:
    """Versions do, wherever and for whatever they are installed; what becomes of it is a setting of its own."""
    publish_conflict(index)
    development = '[dependency-groups]\ndev = ["plain"]\n'

    def built(*options: str, settings: str = "", requirements: tuple[str, ...] = ()) -> tuple[str, str]:
        project.pyproject(["dep-a", "dep-b", *requirements], development + settings)
        project.mvenv("build", *options)
        the_map = project.read_json("site-packages/runtime_shim/import_map.json")
        return the_map["build"], the_map["other_builds"]

    build, setting = built()
    assert len(build) == 12
    assert setting == "warn"
    assert built("--no-dev") == (build, "warn")
    assert built(settings='[tool.mvenv]\nother-builds = "error"\n') == (build, "error")
    index.add("another", "1")
    assert built(requirements=("another",))[0] != build
