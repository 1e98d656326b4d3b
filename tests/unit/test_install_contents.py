from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.install.contents import clashes, import_names
from orchestrator.install.record import InstalledDistribution

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ("six.py six-1.0.dist-info/RECORD", "six"),
        ("pkg/__init__.py pkg/sub/__init__.py pkg/data.json", "pkg"),
        ("_native.cpython-311-x86_64-linux-gnu.so", "_native"),
        ("_other.cpython-39-x86_64-linux-gnu.so", "_other"),
        ("_stable.abi3.so plain.so", "_stable plain"),
        ("pkg/__init__.cpython-311-x86_64-linux-gnu.so", "pkg"),
        ("google/cloud/storage/__init__.py", "google.cloud.storage"),
        (
            "google/cloud/a.py google/cloud/b/__init__.py google/top.py",
            "google.cloud.a google.cloud.b google.top",
        ),
        ("azure/__init__.py azure/core/__init__.py", "azure"),
        ("one.py two/__init__.py", "one two"),
        ("tests/__init__.py docs/conf.py examples/x.py real.py", "real"),
        ("pkg/tests/__init__.py", "pkg.tests"),
        ("__pycache__/six.cpython-311.pyc six.py", "six"),
        ("six-1.0.data/scripts/x.py", ""),
        ("not-a-name.py data/numbers.csv share/x.txt", ""),
        ("pkg/py.typed pkg/types.pyi", ""),
        ("", ""),
    ],
)
def test_import_names(files: str, names: str) -> None:
    assert " ".join(import_names(files.split())) == names


def distribution(name: str, files: str) -> InstalledDistribution:
    """Return a distribution; a file's content is written behind a colon, the name's own if there is none."""
    pairs = [file.partition(":") for file in files.split()]
    return InstalledDistribution(name, "1", {file: content or name for file, _, content in pairs}, ())


def found(site_packages: Path, *distributions: InstalledDistribution) -> str:
    return " ".join(sorted("|".join(sorted(pair)) for pair in clashes(distributions, site_packages)))


def test_one_module_written_by_two(tmp_path: Path) -> None:
    assert found(tmp_path, distribution("a", "rpc.py"), distribution("b", "rpc.py")) == "a|b"
    assert found(tmp_path, distribution("a", "rpc/x.py"), distribution("b", "rpc/x.py")) == "a|b"


def test_three_in_pairs(tmp_path: Path) -> None:
    trio = (distribution(name, "rpc.py") for name in "abc")
    assert found(tmp_path, *trio) == "a|b a|c b|c"


def test_the_same_content_is_no_clash(tmp_path: Path) -> None:
    one, other = distribution("a", "ns/__init__.py:same"), distribution("b", "ns/__init__.py:same")
    assert found(tmp_path, one, other) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("attr.py", "attr/__init__.py"),
        ("attr.so", "attr/__init__.py"),
        ("attr/__init__.py attr/x.py", "attr/__init__.so attr/y.py"),
    ],
)
def test_one_import_name_of_two_without_a_common_file(one: str, other: str, tmp_path: Path) -> None:
    assert found(tmp_path, distribution("attr", one), distribution("attrs", other)) == "attr|attrs"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("google/a.py", "google/b.py"),
        ("google/cloud/a/__init__.py", "google/cloud/b/__init__.py"),
        ("tests/__init__.py a.py", "tests/__init__.py b.py"),
        ("docs/conf.py", "docs/conf.py"),
        ("LICENSE share/x.txt", "LICENSE share/x.txt"),
        ("a-1.dist-info/RECORD", "a-1.dist-info/RECORD"),
        ("__pycache__/x.pyc", "__pycache__/x.pyc"),
        ("a/util.py", "b/util.py"),
        ("a.py", "a_more/__init__.py"),
    ],
)
def test_what_is_no_clash(one: str, other: str, tmp_path: Path) -> None:
    assert found(tmp_path, distribution("a", one), distribution("b", other)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "__path__ = __import__('pkgutil').extend_path(__path__, __name__)",
        "__import__('pkg_resources').declare_namespace(__name__)",
    ],
)
def test_old_namespace_packages_write_the_same_file(text: str, tmp_path: Path) -> None:
    """They differ in a comment or a line end, and whichever is there does."""
    one = distribution("a", "ns/__init__.py ns/a/__init__.py")
    other = distribution("b", "ns/__init__.py ns/b/__init__.py")
    (tmp_path / "ns").mkdir()
    (tmp_path / "ns/__init__.py").write_text("version = 1\n")
    assert found(tmp_path, one, other) == "a|b"
    (tmp_path / "ns/__init__.py").write_text(text)
    assert found(tmp_path, one, other) == ""


def test_names_are_canonical(tmp_path: Path) -> None:
    assert found(tmp_path, distribution("A.b", "x.py"), distribution("C_d", "x.py")) == "a-b|c-d"


def test_a_folder_of_data_below_a_namespace_package_is_a_portion() -> None:
    """`from mpl_toolkits import basemap_data`; folders of data that lie beside packages are none."""
    assert import_names(["mpl_toolkits/basemap_data/epsg", "basemap_data-2.0.dist-info/METADATA"]) == (
        "mpl_toolkits.basemap_data",
    )
    assert import_names(["cloud/disk.py", "cloud/disk_data/sizes.csv", "cloud/deep/more/x.bin"]) == (
        "cloud.deep",
        "cloud.disk",
        "cloud.disk_data",
    )
    assert import_names(
        ["a/__init__.py", "a/data/some.txt", "share/doc/a.txt", "docs/a/b.txt", "a-1.data/x/y"]
    ) == ("a",)
    assert import_names(["a/__init__.py", "assets/logo.png", "../../../share/man/a.1"]) == ("a",)
