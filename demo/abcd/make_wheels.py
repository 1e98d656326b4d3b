"""Write the wheels of this demo into wheels/: `python make_wheels.py`, nothing else needed.

sources/ holds version 1.1.1 of the versioned A, B, C and D. The other versions differ by their number, and the
unversioned twins (UA, UB, UC, UD) by their name.
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
DISTRIBUTION = "python_dependencies_done_right_"

# Which letter needs which, in the same version.
NEEDS = {"A": "BCD", "B": "CD", "C": "D", "D": ""}
VERSIONS = ("1.1.1", "2.2.2", "3.3.3")
UNVERSIONED = "4.4.4"
DEPENDANTS = {"uses_one": "1.1.1", "uses_two": "2.2.2", "uses_three": "3.3.3"}


def main() -> None:
    (HERE / "wheels").mkdir(exist_ok=True)
    for letter, needs in NEEDS.items():
        versioned = read_source(f"d_d_r_versioned_{letter}")
        for version in VERSIONS:
            write_wheel(
                f"{DISTRIBUTION}{letter}",
                version,
                requires=[f"{DISTRIBUTION}{needed}=={version}" for needed in needs],
                files=replace(versioned, "1.1.1", version),
            )
        write_wheel(
            f"{DISTRIBUTION}U{letter}",
            UNVERSIONED,
            requires=[f"{DISTRIBUTION}U{needed}=={UNVERSIONED}" for needed in needs],
            files=replace(replace(versioned, "1.1.1", UNVERSIONED), "_versioned_", "_unversioned_"),
        )
    for name, version in DEPENDANTS.items():
        write_wheel(
            name,
            "1.0.0",
            requires=[f"{DISTRIBUTION}A=={version}", f"{DISTRIBUTION}UA"],
            files={f"{name}/__init__.py": (HERE / "sources/uses/__init__.py").read_text()},
        )


def read_source(package: str) -> dict[str, str]:
    """Return the files of one package: path in the wheel to text."""
    folder = HERE / "sources"
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.glob(f"{package}/*.py"))
    }


def replace(files: dict[str, str], old: str, new: str) -> dict[str, str]:
    """Return the files with a text replaced in their paths and in their content."""
    return {path.replace(old, new): text.replace(old, new) for path, text in files.items()}


def write_wheel(name: str, version: str, requires: Iterable[str], files: dict[str, str]) -> None:
    """Write one wheel: https://packaging.python.org/specifications/binary-distribution-format."""
    stem = f"{name.lower()}-{version}"
    info = f"{stem}.dist-info"
    requirements = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    members = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requirements}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: demo\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    members[f"{info}/RECORD"] = "".join(map(record_line, members, members.values())) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(HERE / "wheels" / f"{stem}-py3-none-any.whl", "w") as wheel:
        for path, text in members.items():
            # A fixed time makes the same wheel every time.
            wheel.writestr(zipfile.ZipInfo(path), text)


def record_line(path: str, text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"{path},sha256={digest},{len(text.encode())}\n"


if __name__ == "__main__":
    main()
