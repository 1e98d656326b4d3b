"""What `scripts/compatibility` is made of; see its own text."""
