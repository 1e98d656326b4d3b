"""What `scripts/interpreters` is made of; see its own text."""
