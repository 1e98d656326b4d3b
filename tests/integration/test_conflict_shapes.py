"""Conflicts of other shapes than two requirers of one distribution."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.integration.workshop import leftovers

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def graph(project: ProjectFolder) -> Any:
    import json

    return json.loads(project.mvenv("graph", "--format", "json").out)


def groups(project: ProjectFolder) -> list[list[str]]:
    found: list[list[str]] = graph(project)["groups"]
    return found


def environment(project: ProjectFolder, name: str) -> Path:
    (folder,) = project.root.glob(f"py_modules/{name}-*")
    return folder


def version_of(module: str) -> str:
    return f"from {module} import __version__ as version\n"


def test_three_that_go_together_in_pairs_only(project: ProjectFolder, index: Index) -> None:
    for version in ("1", "2", "3"):
        index.add("hub", version)
        index.add(
            f"not-{version}",
            "1.0",
            requires=[f"hub!={version}"],
            files={f"not_{version}.py": version_of("hub")},
        )
    project.pyproject(["not-1", "not-2", "not-3"])
    project.mvenv("build")
    found = graph(project)
    assert sorted(map(len, found["groups"])) == [1, 2]
    assert (found["lower_bound"], found["proved"]) == (2, True)
    (conflict,) = found["conflicts"]
    assert conflict["requirements"] == ["not-1", "not-2", "not-3"]
    code = "import not_1, not_2, not_3; print(not_1.version, not_2.version, not_3.version)"
    versions = project.python("-c", code).out.split()
    assert all(version != forbidden for version, forbidden in zip(versions, "123", strict=True))
    assert len(set(versions)) == 2


def test_an_instance_of_several_groups_is_installed_and_loaded_once(
    project: ProjectFolder, index: Index
) -> None:
    """Rule 2 of "who lives where": `kit` and its `gear` 1.0 are the same in the first two groups."""
    for version in ("1.0", "2.0", "3.0"):
        index.add("low", version)
    index.add("gear", "1.0")
    index.add("gear", "2.0")
    index.add("kit", "1.0", requires=["gear<2"], files={"kit.py": "import gear\nclass Box: pass\n"})
    for name, low, other in (("one", "1.0", "kit"), ("two", "2.0", "kit"), ("three", "3.0", "gear>=2")):
        source = f"import low, {other.partition('>')[0]} as other\nlow_version = low.__version__\n"
        index.add(name, "1.0", requires=[f"low=={low}", other], files={f"{name}.py": source})
    project.pyproject(["one", "two", "three"])
    project.mvenv("build")
    assert groups(project) == [["one"], ["two"], ["three"]]
    assert not list(environment(project, "two").glob("lib/*/site-packages/kit*"))
    assert not list(environment(project, "two").glob("lib/*/site-packages/gear*"))
    borrowed = {entry["name"]: entry["borrowed"] for entry in graph(project)["environments"]}
    assert borrowed == {"one": {}, "two": {"gear": "one", "kit": "one"}, "three": {}}
    code = """
import one, two, three
assert one.other is two.other and one.other.Box is two.other.Box
assert one.other.gear is two.other.gear is not three.other
print(one.low_version, two.low_version, three.low_version, one.other.gear.__version__, three.other.__version__)
"""
    assert project.python("-c", code).out == "1.0 2.0 3.0 1.0 2.0\n"
    # The borrower's own interpreter finds what it borrows, and its own `low` first.
    python = environment(project, "two") / "bin/python"
    own = [str(python), "-c", "import two; print(two.low_version, two.other.gear.__version__)"]
    assert subprocess.run(own, capture_output=True, text=True, check=True).stdout == "2.0 1.0\n"


def test_an_instance_with_two_closures_is_never_one_file(project: ProjectFolder, index: Index) -> None:
    """Rule 3: glibc takes two hard links for one library. `jobs` uses `low` without declaring it, as joblib does."""
    index.add("low", "1.0")
    index.add("low", "2.0")
    source = "try:\n    import low\nexcept ImportError:\n    low = None\ndef used(): return low.__version__\n"
    index.add("jobs", "1.0", files={"jobs.py": source})
    index.add("dep-a", "1.0", requires=["low<2", "jobs"], files={"dep_a.py": "import jobs"})
    index.add("dep-b", "1.0", requires=["low>=2", "jobs"], files={"dep_b.py": "import jobs"})
    project.pyproject(["dep-a", "dep-b"])
    project.mvenv("build")
    assert "jobs" in project.read_json("versioned_packages.json")
    assert not list(project.library.glob("site-packages/jobs*"))
    files = [
        path
        for name in ("dep-a", "dep-b")
        for path in environment(project, name).glob("lib/*/site-packages/jobs.py")
    ]
    assert len({os.stat(path).st_ino for path in files}) == 2
    code = "import dep_a, dep_b; print(dep_a.jobs.used(), dep_b.jobs.used())"
    assert project.python("-c", code).out == "1.0 2.0\n"


def test_undeclared_use_at_second_hand(project: ProjectFolder, index: Index) -> None:
    """Who depends on a distribution that turns out to use a versioned one is versioned in turn."""
    index.add("low", "1.0")
    index.add("low", "2.0")
    index.add("jobs", "1.0", files={"jobs.py": "try:\n    import low\nexcept ImportError:\n    low = None\n"})
    index.add("learn", "1.0", requires=["jobs"], files={"learn.py": "import jobs\n"})
    index.add("dep-a", "1.0", requires=["low<2", "learn"], files={"dep_a.py": "import learn"})
    index.add("dep-b", "1.0", requires=["low>=2", "learn"], files={"dep_b.py": "import learn"})
    project.pyproject(["dep-a", "dep-b"])
    project.mvenv("build")
    assert project.read_json("versioned_packages.json") == ["dep-a", "dep-b", "jobs", "learn", "low"]
    code = "import dep_a, dep_b; print(*(dep.learn.jobs.low.__version__ for dep in (dep_a, dep_b)))"
    assert project.python("-c", code).out == "1.0 2.0\n"
    assert project.mvenv("build").err.startswith("Up to date")


def test_two_distributions_that_write_one_module(project: ProjectFolder, index: Index) -> None:
    """As python-jsonrpc-server and json-rpc do: uv installs both, and the second overwrites the first."""
    for name in ("rpc-one", "rpc-two"):
        index.add(
            name, "1.0", files={"jsonrpc/__init__.py": f"who = {name!r}\n", f"jsonrpc/{name[4:]}.py": ""}
        )
        index.add(
            f"uses-{name}",
            "1.0",
            requires=[name],
            files={f"uses_{name[4:]}.py": f"import jsonrpc, jsonrpc.{name[4:]}\nwho = jsonrpc.who\n"},
        )
    project.pyproject(["uses-rpc-one", "uses-rpc-two"])
    project.mvenv("build")
    assert groups(project) == [["uses-rpc-one"], ["uses-rpc-two"]]
    (conflict,) = graph(project)["conflicts"]
    assert conflict["reason"] == "rpc-one and rpc-two provide the same module"
    assert (
        project.python("-c", "import uses_one, uses_two; print(uses_one.who, uses_two.who)").out
        == "rpc-one rpc-two\n"
    )
    assert leftovers(project.root) == []


def test_a_module_beside_a_package_of_its_name(project: ProjectFolder, index: Index) -> None:
    """`attr.py` and `attr/` have no file in common; Python would only ever find the package."""
    index.add("attr", "1.0", files={"attr.py": "who = 'the module'\n"})
    index.add("attrs", "1.0", files={"attr/__init__.py": "who = 'the package'\n"})
    index.add("wants-module", "1.0", requires=["attr"], files={"wants_module.py": "from attr import who\n"})
    index.add(
        "wants-package", "1.0", requires=["attrs"], files={"wants_package.py": "from attr import who\n"}
    )
    project.pyproject(["wants-module", "wants-package"])
    project.mvenv("build")
    assert len(groups(project)) == 2
    code = "import wants_module, wants_package; print(wants_module.who, 'and', wants_package.who)"
    assert project.python("-c", code).out == "the module and the package\n"


def test_direct_requirements_that_clash(project: ProjectFolder, index: Index) -> None:
    """The application can see only one of them under the name: the first, and it is told."""
    index.add("rpc-one", "1.0", files={"jsonrpc/__init__.py": "who = 'one'\n", "one_too.py": ""})
    index.add("rpc-two", "1.0", files={"jsonrpc/__init__.py": "who = 'two'\n", "two_too.py": ""})
    project.pyproject(["rpc-two", "rpc-one"])
    said = project.mvenv("build").err
    command = "mvenv alias jsonrpc_of_rpc_one rpc-one --module jsonrpc"
    assert said.startswith(
        "warning: `jsonrpc` comes from rpc-two and rpc-one; the application sees rpc-two's\n"
        f"  hint: `{command}` gives that of rpc-one an import name of its own\n"
    )
    code = "import jsonrpc, one_too, two_too; print(jsonrpc.who)"
    assert project.python("-c", code).out == "two\n"
    project.mvenv(*command.split()[1:])
    code = "import jsonrpc, jsonrpc_of_rpc_one; print(jsonrpc.who, jsonrpc_of_rpc_one.who)"
    assert project.python("-c", code).out == "two one\n"


def test_what_everybody_installs_by_accident_is_no_clash(project: ProjectFolder, index: Index) -> None:
    for name in ("one", "two"):
        files = {
            f"{name}.py": "",
            "tests/__init__.py": f"# {name}",
            "docs/conf.py": f"# {name}",
            "LICENSE": name,
        }
        index.add(name, "1.0", files=files)
    project.pyproject(["one", "two"])
    assert "no conflict" in project.mvenv("build").err
    project.python("-c", "import one, two")


def test_what_overwrites_its_own_dependency_stays_beside_it(project: ProjectFolder, index: Index) -> None:
    """It means to add to the other's modules. It is installed as uv installs it, and the build ends."""
    index.add("rpc-one", "1.0", files={"jsonrpc.py": "who = 'one'\n"})
    index.add("rpc-two", "1.0", requires=["rpc-one"], files={"jsonrpc.py": "who = 'two'\n"})
    index.add("both", "1.0", requires=["rpc-one", "rpc-two"], files={"both.py": "import jsonrpc\n"})
    index.add("other", "1.0")
    project.pyproject(["both", "other"])
    assert "no conflict" in project.mvenv("build").err
    project.python("-c", "import both, other")
    assert project.mvenv("build").err.startswith("Up to date")


def test_a_clash_is_remembered(project: ProjectFolder, index: Index) -> None:
    """The next build knows it before it installs anything: it needs one round, not two."""
    index.add("rpc-one", "1.0", files={"jsonrpc.py": "who = 'one'\n"})
    index.add("rpc-two", "1.0", files={"jsonrpc.py": "who = 'two'\n"})
    index.add("other", "1.0")
    project.pyproject(["rpc-one", "rpc-two"])
    project.mvenv("build")
    project.pyproject(["rpc-one", "rpc-two", "other"])
    project.mvenv("build")
    assert len(groups(project)) == 2


def test_a_namespace_package_of_several_distributions(project: ProjectFolder, index: Index) -> None:
    """`cloud` is one folder in an environment, so all of its distributions are versioned if one is."""
    index.add("low", "1.0")
    index.add("low", "2.0")
    index.add("cloud-core", "1.0", files={"cloud/core.py": "import low\n"}, requires=["low"])
    index.add(
        "cloud-disk",
        "1.0",
        requires=["low<2", "cloud-core"],
        files={"cloud/disk/__init__.py": "import low, cloud.core\n"},
    )
    index.add("cloud-net", "1.0", requires=["low>=2"], files={"cloud/net.py": "import low\n"})
    index.add("cloud-free", "1.0", files={"cloud/free.py": "x = 1\n"})
    project.pyproject(["cloud-disk", "cloud-net", "cloud-free"])
    project.mvenv("build")
    assert project.read_json("versioned_packages.json") == [
        *("cloud-core", "cloud-disk", "cloud-free", "cloud-net", "low"),
    ]
    code = """
import cloud.disk, cloud.net, cloud.free
from cloud import core
print(cloud.disk.low.__version__, cloud.net.low.__version__, cloud.free.x, core.low.__version__)
"""
    assert project.python("-c", code).out == "1.0 2.0 1 1.0\n"


def test_a_chain_is_versioned_to_its_end(project: ProjectFolder, index: Index) -> None:
    index.add("low", "1.0")
    index.add("low", "2.0")
    index.add("mid", "1.0", requires=["low"], files={"mid.py": version_of("low")})
    index.add("high", "1.0", requires=["mid"], files={"high.py": "from mid import version\n"})
    index.add("old", "1.0", requires=["high", "low<2"], files={"old.py": "from high import version\n"})
    index.add("new", "1.0", requires=["high", "low>=2"], files={"new.py": "from high import version\n"})
    project.pyproject(["old", "new"])
    project.mvenv("build")
    assert project.read_json("versioned_packages.json") == ["high", "low", "mid", "new", "old"]
    defaults = project.read_json("default_dependencies_versions.json")
    assert defaults["mid"] == {"1.0": {"low": "2.0"}}, "the latest is the default"
    assert project.python("-c", "import old, new; print(old.version, new.version)").out == "1.0 2.0\n"


def test_many_groups(project: ProjectFolder, index: Index) -> None:
    count = 6
    for number in range(count):
        index.add("low", f"{number}.0")
        index.add(
            f"dep-{number}",
            "1.0",
            requires=[f"low=={number}.0"],
            files={f"dep_{number}.py": version_of("low")},
        )
    project.pyproject([f"dep-{number}" for number in range(count)])
    assert "for 6 groups (the fewest possible)" in project.mvenv("build").err
    code = (
        "from importlib import import_module\nprint(*(import_module(f'dep_{n}').version for n in range(6)))"
    )
    assert project.python("-c", code).out == "0.0 1.0 2.0 3.0 4.0 5.0\n"
