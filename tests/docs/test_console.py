"""What a page's blocks mean, and when output is what is shown."""

from __future__ import annotations

import pytest

from tests.docs.console import Command, File, agrees, steps

PAGE = """# A page

<!-- file: app.py -->
```python
print(1)
```

```console
$ cat \\
> app.py
print(1)
$ true
```

<!-- exit code: 3 -->
```console
$ true
$ exit 3
```

<!-- not run: there is no server -->
```console
$ docker build .
```

```toml
[project]
```
"""


def test_blocks_are_files_and_commands() -> None:
    assert list(steps(PAGE)) == [
        File("app.py", "print(1)\n"),
        Command("cat \\\napp.py", "print(1)", 0, 9),
        Command("true", "", 0, 12),
        Command("true", "", 0, 17),
        Command("exit 3", "", 3, 18),
    ]


@pytest.mark.parametrize("block", ["```sh\ntrue\n```", "```bash\ntrue\n```", "```console\ntrue\n```"])
def test_commands_that_nothing_would_run_are_errors(block: str) -> None:
    with pytest.raises(ValueError, match="line 2: "):
        list(steps(f"{block}\n"))


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("", ""),
        ("a\nb", "a\nb\n"),
        ("a\n...", "a\nb\nc\n"),
        ("a\n...\nd", "a\nd\n"),
        ("found ... here", "found 3 cats here\n"),
        ("in 8.8s", "in 12.1s\n"),
        ("py_modules/flask-90b65023: 2", "py_modules/flask-01234567: 2\n"),
    ],
)
def test_agrees(shown: str, printed: str) -> None:
    assert agrees(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("", "a\n"),
        ("a", ""),
        ("a", "a\nb\n"),
        ("a\n...\nd", "a\nb\n"),
        ("click 8.1.8", "click 8.1.7\n"),
        ("a.b", "axb\n"),
        ("a\n\nb", "a\nb\n"),
    ],
)
def test_disagrees(shown: str, printed: str) -> None:
    assert not agrees(shown, printed)
