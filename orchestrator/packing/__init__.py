"""A built project as one archive that runs where it is unpacked: what goes in, in which form, and how it is written."""
