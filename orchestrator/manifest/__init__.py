"""The JSON files a build leaves behind: for the shim, for the user, for other programs."""
