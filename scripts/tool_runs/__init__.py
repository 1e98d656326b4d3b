"""What `scripts/tools` and `scripts/engines` are made of; see their own texts."""
