"""Which environment's code is asking: files, frames, the C stack, builtins."""
