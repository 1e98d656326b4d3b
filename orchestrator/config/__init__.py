"""What the user wrote, read and checked: pyproject.toml and custom_dependencies_versions.json."""
