"""The record of the last build, and whether what it says is still true."""
