"""Random programs over a random set of libraries, in the shim and in plain venvs (see `test_random_programs`)."""
