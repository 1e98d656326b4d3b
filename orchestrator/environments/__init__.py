"""Virtual environments on disk: where they lie, whose they are, and what makes one complete."""
