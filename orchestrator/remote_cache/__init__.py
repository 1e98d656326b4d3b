"""Finished environments for several machines: another cache behind that of this one, anywhere that fsspec reaches."""
