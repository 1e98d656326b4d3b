"""What has to do with no project: files, the console, the build mutex, work in parallel, walks over graphs, names."""
