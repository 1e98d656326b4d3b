"""Deciding who lives where: from a grouping to environments, homes and views."""
