"""What the tutorial and the how-to pages show is what happens."""
