"""What `scripts/tools` is made of; see its own text."""
