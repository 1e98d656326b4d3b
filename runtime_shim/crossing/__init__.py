"""Objects that go from one version to another: pickles, convert."""
