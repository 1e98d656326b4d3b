"""mvenv's build side: config, grouping, plan, install, manifest, and the commands over them."""

__version__ = "0.1.0"
