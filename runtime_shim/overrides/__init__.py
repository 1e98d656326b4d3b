"""What custom_dependencies_versions.json says, and the import map it makes: values in, values out."""
