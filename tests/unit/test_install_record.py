from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.install.record import installed

if TYPE_CHECKING:
    from pathlib import Path


def write(site_packages: Path, folder: str, metadata: str | None, record: str | None) -> None:
    path = site_packages / folder
    path.mkdir()
    if metadata is not None:
        (path / "METADATA").write_text(metadata)
    if record is not None:
        (path / "RECORD").write_text(record)


def test_what_is_installed(tmp_path: Path) -> None:
    metadata = "Metadata-Version: 2.1\nName: My.Lib\nVersion: 1.0.post1\n\nName: not this one\n"
    record = (
        "my_lib/__init__.py,sha256=abc,12\n"
        '"my_lib/with, comma.py",sha256=def,3\n'
        "my_lib/no_hash.py,,\n"
        "bare.py\n"
        "../../../bin/tool,sha256=x,1\n"
        "/etc/absolute,sha256=x,1\n"
    )
    write(tmp_path, "my_lib-1.0.post1.dist-info", metadata, record)
    (found,) = installed(tmp_path)
    assert (found.name, found.canonical_name, found.version, found.folders) == (
        "My.Lib",
        "my-lib",
        "1.0.post1",
        (),
    )
    assert found.files == {
        "my_lib/__init__.py": "sha256=abc",
        "my_lib/with, comma.py": "sha256=def",
        "my_lib/no_hash.py": "",
        "bare.py": "",
    }


def test_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        write(tmp_path, f"{name}-1.dist-info", f"Name: {name}\nVersion: 1\n", "")
    assert [found.name for found in installed(tmp_path)] == ["a", "b", "c"]


def test_what_is_no_distribution(tmp_path: Path) -> None:
    write(tmp_path, "a-1.dist-info", None, "")
    write(tmp_path, "b-1.dist-info", "Name: b\nVersion: 1\n", None)
    write(tmp_path, "c-1.dist-info", "Version: 1\n", "")
    write(tmp_path, "d-1.egg-info", "Name: d\nVersion: 1\n", "")
    assert list(installed(tmp_path)) == []
    assert list(installed(tmp_path / "nowhere")) == []


def test_folders_that_pth_files_add(tmp_path: Path) -> None:
    """As `site.addpackage` reads them."""
    source, beside = tmp_path / "source", tmp_path / "site" / "beside"
    source.mkdir()
    beside.mkdir(parents=True)
    lines = f"# comment\n\nimport sys; sys.x = 1\nimport\tos\n{source}  \nbeside\n{tmp_path}/nowhere\n"
    (tmp_path / "site" / "_a.pth").write_text(lines)
    write(
        tmp_path / "site", "a-1.dist-info", "Name: a\nVersion: 1\n", "_a.pth,,\na/deep.pth,,\n_gone.pth,,\n"
    )
    (found,) = installed(tmp_path / "site")
    assert found.folders == (str(source), str(beside))


def test_what_lies_outside_of_site_packages(tmp_path: Path) -> None:
    """Commands and data files, below the environment; what is said to lie elsewhere is not the environment's."""
    site_packages = tmp_path / "lib/python3.11/site-packages"
    site_packages.mkdir(parents=True)
    record = "../../../bin/tool,sha256=a,1\n../../../share/x/y.txt,,\n../../libz.so,sha256=z,1\n"
    record += "../../../../elsewhere,sha256=e,1\n/etc/absolute,sha256=x,1\nlib.py,,\n"
    write(site_packages, "a-1.dist-info", "Name: a\nVersion: 1\n", record)
    (found,) = installed(site_packages)
    assert found.outside == {"bin/tool": "sha256=a", "share/x/y.txt": "", "lib/libz.so": "sha256=z"}
    assert list(found.files) == ["lib.py"]
