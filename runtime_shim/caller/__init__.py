"""Which environment's code is calling: files, frames, the C stack, builtins."""
