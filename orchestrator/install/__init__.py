"""Making environments on disk: virtualenv creates them, uv fills them, RECORDs tell what is in them."""
