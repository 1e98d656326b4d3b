"""The whole way: inputs → converge → build; the same for a dry run, the lock and the export."""
