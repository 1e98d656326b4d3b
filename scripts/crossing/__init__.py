"""What `scripts/crossing_matrix` is made of."""
