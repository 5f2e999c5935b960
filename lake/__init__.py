"""Storage: settings, sessions, tables by name, commits, progress, locks, the archive."""
