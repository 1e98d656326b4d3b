"""All that knows uv's command line and its wording: questions to it as files, and its answers as values."""
