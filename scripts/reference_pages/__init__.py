"""What docs/reference has from the code: commands, settings, and the forms of files and documents."""
