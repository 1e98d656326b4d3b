"""What `scripts/benchmark` is made of; see its own text."""
