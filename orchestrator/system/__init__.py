"""Files, the console, the build mutex, and the names of mvenv's own files; knows nothing of projects."""
