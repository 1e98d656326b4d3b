"""What a person may type, command by command: the end of each help text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

EXAMPLES: dict[str, tuple[str, ...]] = {
    "": ("mvenv init", 'mvenv add pandas "numpy<2"', "mvenv run app.py", "mvenv graph"),
    "add": (
        'mvenv add pandas "numpy<2"',
        "mvenv add --dev pytest",
        "mvenv add --editable ../my-library",
        "mvenv add git+https://example.org/team/library --tag v1.2",
    ),
    "alias": ('mvenv alias pandas_old "pandas==2.0.3"', "mvenv alias pandas_old --remove"),
    "build": (
        "mvenv build",
        "mvenv build --dry-run",
        "mvenv build --locked --no-dev",
        "mvenv build --upgrade-package numpy",
    ),
    "cache": ("mvenv cache dir", "mvenv cache prune"),
    "cache dir": ("mvenv cache dir", "mvenv cache dir --environments"),
    "cache clean": ("mvenv cache clean", "mvenv cache clean numpy"),
    "cache prune": ("mvenv cache prune",),
    "clean": ("mvenv clean",),
    "completion": (
        """echo 'eval "$(mvenv completion bash)"' >> ~/.bashrc""",
        "mvenv completion fish > ~/.config/fish/completions/mvenv.fish",
    ),
    "constrain": (
        'mvenv constrain dep-b "numpy<2"',
        'mvenv constrain dep-b "+setuptools<81"',
        "mvenv constrain dep-b --remove",
    ),
    "doctor": ("mvenv doctor", "mvenv doctor --fix"),
    "export": ("mvenv export", "mvenv export --no-dev"),
    "graph": (
        "mvenv graph",
        "mvenv graph --all",
        "mvenv graph --html --open",
        "mvenv graph --format mermaid -o environments.mmd",
    ),
    "init": ("mvenv init", "mvenv init --name shop --tool mypy"),
    "isolate": ("mvenv isolate black", "mvenv isolate black --undo"),
    "kernel": ("mvenv kernel install",),
    "kernel install": ("mvenv kernel install",),
    "list": ("mvenv list", "mvenv list --duplicates", "mvenv list --json"),
    "lock": ("mvenv lock", "mvenv lock --upgrade-package numpy"),
    "outdated": ("mvenv outdated", "mvenv outdated --json"),
    "override": (
        "mvenv override dep-a==2.2.2 dep-c==1.1.1",
        "mvenv override dep-a==2.2.2 dep-c==1.1.1 --remove",
    ),
    "pack": ("mvenv pack", "mvenv pack --python -o shop.tar.gz", "mvenv pack --prefix /app"),
    "python": ("mvenv python", "mvenv python app.py", "mvenv python -m pytest"),
    "remove": ("mvenv remove pandas", "mvenv remove --dev pytest"),
    "run": (
        "mvenv run python app.py",
        "mvenv run app.py --verbose",
        "mvenv run -m pytest",
        "mvenv run --group docs sphinx-build docs site",
        "mvenv run --with ipython ipython",
        "mvenv run --as black==23.1.0 black app.py",
    ),
    "shell": ("mvenv shell",),
    "tree": ("mvenv tree --depth 1", "mvenv tree pandas", "mvenv tree numpy --invert"),
    "why": ("mvenv why numpy", "mvenv why sklearn --json"),
}
"""Name of a command, that of a group before it → lines; of `mvenv` itself under an empty name."""


def with_examples(command: click.Command, path: str = "") -> None:
    """Let the help of a command, and of each below it, end with its examples."""
    if path in EXAMPLES:
        command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in EXAMPLES[path])
    for name, each in getattr(command, "commands", {}).items():
        with_examples(each, f"{path} {name}".strip())
