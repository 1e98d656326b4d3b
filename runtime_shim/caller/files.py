"""Whose code lies in which file: from a code object's file name to the environment it belongs to.

Files are an environment's (they lie in its folders), the application's (in the project, where its program was started,
or what its command line names), or *neutral*: the standard library and unversioned distributions, which serve
everybody. A file outside every known folder is the application's if a person may have written it, whoever runs it (a
plug-in, a test, a configuration); one that a library has written to load it is whoever's runs it first. Who wrote a
file cannot be seen, but when: before this process began, and in no cache, means a person.
"""

from __future__ import annotations

import os
import time

from runtime_shim import accelerator
from runtime_shim.model.paths import comparable, prefix

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runtime_shim.model.environment import Environment, Owners

# Folders whose files programs write for themselves, if a part of the path contains one of these (in lower case).
_CACHES = ("cache", "torchinductor")
# What code of a person's own is written in; other files are what a library compiles (a page, a query).
_SOURCE_SUFFIXES = (".py", ".pyw")
# How many files without a folder of their own are remembered at most.
_MOST_FILES = 1 << 13


class CodeFiles:
    """What is known of files in this process."""

    def __init__(self) -> None:
        self.owners: dict[str, Owners] = accelerator.watched()
        """Code file → the owners of its environment's (or the application's) view; neutral files are not in it.

        Always the same dict: whoever compares keys has it bound.
        """
        self.neutral: set[str] = set()
        self._fixed: dict[str, Owners] = {}  # those files that no folder tells
        self._commands: dict[
            str, Environment
        ] = {}  # files in the application's `bin` that are an environment's
        # What the process that started this one has said to be the application's.
        self._claimed: list[str] = []
        self._claimed_folders: list[str] = []
        # (folder ending in a separator, its environment or None for a neutral one), longest folder first.
        self._folders: list[tuple[str, Environment | None]] = []
        self._application: Environment | None = None
        self._began = time.time()
        # Folders of the application's own source, ending in a separator: the project, and where programs were started.
        self._sources: tuple[str, ...] = ()

    def configure(
        self,
        application: Environment,
        folders: dict[str, Environment | None],
        sources: Iterable[str],
        commands: dict[str, Environment] | None = None,
    ) -> None:
        """Say which folders belong to which environment (None: neutral), and which hold the application's source.

        :param commands: files in neutral folders that are an environment's all the same, real paths.
        """
        self._application = application
        self._commands = {comparable(name): environment for name, environment in (commands or {}).items()}
        self._sources = tuple(map(prefix, sources))
        self._folders[:] = sorted(
            ((comparable(folder), environment) for folder, environment in folders.items()),
            key=lambda item: len(item[0]),
            reverse=True,
        )
        self.owners.clear()
        self._fixed.update({name: self._owners_of_program(name, application) for name in self._claimed})
        self._fixed.update({name: environment.owners for name, environment in (commands or {}).items()})
        self.owners.update(self._fixed)
        self.neutral.clear()

    def add_neutral(self, folder: str) -> None:
        """Say that a folder serves everybody, besides those that there are."""
        self._folders.insert(0, (os.path.join(folder, ""), None))

    def claims(self) -> tuple[list[str], list[str]]:
        """Return what is the application's in this process: folders, and files elsewhere."""
        owners = self.application.owners
        return list(self._sources), [
            name for name, whose in self._fixed.items() if whose is owners and not name.startswith("<")
        ]

    def claim(self, folders: Sequence[str], files: Sequence[str]) -> None:
        """Say that folders and files are the application's, wherever they lie."""
        self._claimed_folders[:], self._claimed[:] = map(comparable, folders), files
        if self._application is not None:
            self._sources += tuple(self._claimed_folders)
            application = self._application
            self._fixed.update({name: self._owners_of_program(name, application) for name in self._claimed})
            self.owners.update(self._fixed)

    def give_main_script(self, filename: str | None, environment: Environment) -> None:
        """Say whose the program's main script is (None: there is no such file); that of a command is its own.

        What lies beside the script of an environment is that environment's; the project stays the application's.
        """
        if filename is not None:
            owners = self._owners_of_program(filename, environment)
            self.owners[filename] = self._fixed[filename] = owners
        if not environment.is_application:
            self._sources = (self._sources[0], *self._claimed_folders)

    def _owners_of_program(self, filename: str, environment: Environment) -> Owners:
        """Return whose a main script is: *environment*'s, but for a command, reached by whatever path or link."""
        if self._commands and comparable(filename) not in self._commands:
            filename = os.path.realpath(filename)
        return self._commands.get(comparable(filename), environment).owners

    @property
    def application(self) -> Environment:
        """The application's own environment."""
        assert self._application is not None, "the shim has not been started"
        return self._application

    @property
    def project(self) -> str:
        """The project's folder."""
        return self._sources[0]

    def is_of_project(self, path: str) -> bool:
        """Whether a file is the project's own: in its folder, and in no environment's."""
        inside = comparable(path).startswith((self._sources[0], *self._claimed_folders))
        return inside and not self.is_installed(path)

    def is_installed(self, path: str) -> bool:
        """Whether *path* lies in an environment, the application's included, or in the standard library."""
        path = prefix(path.rstrip("/\\"))
        return any(path.startswith(folder) for folder, _ in self._folders)

    def environment_of(self, path: str) -> Environment | None:
        """Return the environment that holds *path*, None if none does (neutral, or the application's source)."""
        path = comparable(path)
        for folder, environment in self._folders:
            if path.startswith(folder):
                return environment
        return None

    def owners_of(self, filename: str) -> Owners | None:
        """Classify a code file, remembering the answer; None for a neutral one, and for one in nobody's folder."""
        owners = self.owners.get(filename)
        # Names like "<string>" and "page.html" are made up at will: remembering them could fill the memory.
        if owners is None and os.path.isabs(filename) and filename not in self.neutral:
            path = comparable(filename)
            for folder, environment in self._folders:
                if path.startswith(folder):
                    if environment is None:
                        self.neutral.add(filename)
                        return None
                    return self._remember(filename, environment.owners)
            if path.startswith(self._sources):
                return self._remember(filename, self.application.owners)
        return owners

    def is_written_before(self, filename: str) -> bool:
        """Whether a file outside every known folder is older than this process, and no cache's: a person's, then."""
        if not filename.endswith(_SOURCE_SUFFIXES) or any(word in filename.lower() for word in _CACHES):
            return False
        try:
            return os.stat(filename).st_ctime < self._began
        except OSError:
            return False

    def name_for_code_of(self, environment: Environment) -> str:
        """Return a file name for code that the shim runs on an environment's behalf.

        It is no path: what measures or steps through files (coverage, debuggers) leaves it out.
        """
        name = f"<mvenv for {environment.name}>"
        self.owners[name] = self._fixed[name] = environment.owners
        return name

    def give(self, filenames: Iterable[str], environment: Environment) -> None:
        """Remember whose the files are that nobody's folder holds: whoever runs them first (a loader of plugins)."""
        for filename in filenames:
            self._remember(filename, environment.owners)

    def _remember(self, filename: str, owners: Owners) -> Owners:
        """Remember whose a file is; of very many (templates compiled under names of their own) the latest."""
        if len(self.owners) > _MOST_FILES:
            for known in list(self.owners)[: _MOST_FILES // 2]:
                self.owners.pop(known, None)  # another thread may be here, too
            self.owners.update(self._fixed)
        self.owners[filename] = owners
        return owners


code_files = CodeFiles()
