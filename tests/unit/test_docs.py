"""What the documentation names is there: every link, every path, every module, every folder of both packages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runtime_shim

REPOSITORY = Path(__file__).resolve().parents[2]
_NOT_OURS = re.compile(r"^\.|^(?:build|dist|node_modules|py_modules|venv)$|\.egg-info$")

_FENCED = re.compile(r"^(?P<fence>```+|~~~+).*?^(?P=fence)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(?P<text>.+?) *#*$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")

_PATH = re.compile(r"(?<![\w./-])(?:orchestrator|runtime_shim|scripts|tests|demo|docs)/[\w./-]*\w")
_MODULE = re.compile(r"(?<![\w./-])(?:orchestrator|runtime_shim)(?:\.\w+)+(?![\w/])")
# A build has left these in the project; the repository does not hold them.
_MADE_BY_A_BUILD = frozenset({"runtime_shim/import_map.json"})


def _pages() -> list[Path]:
    """Return the Markdown files of the repository, without what tools and builds leave there."""
    found: list[Path] = []
    waiting = [REPOSITORY]
    while waiting:
        for entry in waiting.pop().iterdir():
            if entry.is_dir() and not entry.is_symlink() and not _NOT_OURS.search(entry.name):
                waiting.append(entry)
            elif entry.suffix == ".md":
                found.append(entry)
    return sorted(found)


PAGES = _pages()
# What the changelog names may be gone since.
CURRENT = [page for page in PAGES if page.name != "CHANGELOG.md"]


def _name(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def _prose(page: Path) -> str:
    """Return a page without its code: brackets there are no links, hashes no headings."""
    return _CODE.sub("", _FENCED.sub("", page.read_text("utf-8")))


def _anchors(page: Path) -> set[str]:
    """Return the names that a page's headings have as targets of links."""
    text = _FENCED.sub("", page.read_text("utf-8"))
    headings = (match["text"].lower().replace("`", "") for match in _HEADING.finditer(text))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def _module_exists(name: str) -> bool:
    """Tell whether a dotted name is a module of ours, or something that the module before it defines."""
    path = REPOSITORY / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module, _, attribute = name.rpartition(".")
    if module == "runtime_shim":
        return attribute in runtime_shim.__all__
    path = REPOSITORY / module.replace(".", "/")
    source = next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)
    return source is not None and re.search(rf"\b{attribute}\b", source.read_text("utf-8")) is not None


def test_pages_are_found() -> None:
    assert {"README.md", "CHANGELOG.md", "docs/limits.md", "demo/pandas/README.md"} <= set(map(_name, PAGES))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    """[link] A relative link leads to a file or folder, and one with a `#` to a heading of that page."""
    broken = []
    for match in _LINK.finditer(_prose(page)):
        file, hash_, anchor = match["target"].partition("#")
        if _ELSEWHERE.match(file):
            continue
        target = (page.parent / file) if file else page
        if not target.exists() or (hash_ and anchor not in _anchors(target)):
            broken.append(match["target"])
    assert broken == []


@pytest.mark.parametrize("page", CURRENT, ids=_name)
def test_paths_exist(page: Path) -> None:
    """[path] `orchestrator/…`, `runtime_shim/…` and the other folders' files are where a page says."""
    named = set(_PATH.findall(page.read_text("utf-8"))) - _MADE_BY_A_BUILD
    assert sorted(path for path in named if not (REPOSITORY / path).exists()) == []


@pytest.mark.parametrize("page", CURRENT, ids=_name)
def test_modules_exist(page: Path) -> None:
    """[module] `runtime_shim.convert`, `orchestrator.limits` and the like are modules, or are defined in one."""
    named = set(_MODULE.findall(page.read_text("utf-8")))
    assert sorted(name for name in named if not _module_exists(name)) == []


@pytest.mark.parametrize("package", ["orchestrator", "runtime_shim"])
def test_the_architecture_names_every_folder(package: str) -> None:
    """[folder] Each folder of a package has its row on the page of the layers."""
    text = (REPOSITORY / "docs" / "architecture.md").read_text("utf-8")
    folders = {
        file.parent.relative_to(REPOSITORY).as_posix()
        for file in (REPOSITORY / package).rglob("*.py")
        if file.parent != REPOSITORY / package
    }
    assert sorted(folder for folder in folders if f"`{folder}/`" not in text) == []


@pytest.mark.parametrize(
    "index",
    ["docs/README.md", "docs/decisions/README.md", "docs/how-to/README.md", "docs/reference/README.md"],
)
def test_an_index_lists_every_page_beside_it(index: str) -> None:
    """[index] No page is reachable only by its file name."""
    page = REPOSITORY / index
    listed = {match["target"].partition("#")[0] for match in _LINK.finditer(_prose(page))}
    beside = {each.name for each in page.parent.glob("*.md") if each != page}
    assert sorted(beside - listed) == []
