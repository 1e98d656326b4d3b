"""Real packages from the index: a slice of the conflicts people have."""
