"""sys.modules: keys that equal for the right caller only, and the way from an object back to its environment."""
