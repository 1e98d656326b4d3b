"""Readers of the plan and of the record: graph, why, tree, list, doctor."""
