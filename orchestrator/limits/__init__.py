"""Known limits: state that a process has once, so that no isolation of imports can part it between versions."""
