"""The dependency tree of what is built, from the project down or from a distribution up."""
