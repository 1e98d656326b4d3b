"""The generator's hooks (https://properdocs.org/user-guide/configuration/#hooks)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from properdocs.exceptions import PluginError
from properdocs.structure.files import File

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from docs_site import pages  # noqa: E402 - found through the line above

if TYPE_CHECKING:
    from properdocs.config.defaults import ProperDocsConfig
    from properdocs.structure.files import Files
    from properdocs.structure.pages import Page


def on_config(config: ProperDocsConfig) -> ProperDocsConfig:
    """Have headings the anchors that they have in the repository."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = pages.anchor
    return config


def on_files(files: Files, config: ProperDocsConfig) -> Files:
    """Take in the pages that lie beside the documentation's folder."""
    root = Path(config.config_file_path).parent
    for name in pages.BESIDE:
        text = (root / name).read_text("utf-8")
        files.append(File.generated(config, f"{pages.FOLDER}/{name}", content=text))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Have links lead to where pages are in the site."""
    return pages.as_in_the_site(markdown, page.file.src_uri)


def on_post_page(output: str, *, page: Page, **_: object) -> str:
    """Check that a page can be read without a network.

    :raises PluginError: it loads something from elsewhere.
    """
    if urls := pages.loaded_from_the_network(output):
        raise PluginError(f"{page.file.src_uri} loads from the network: {', '.join(urls)}")
    return output
