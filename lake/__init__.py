"""Where things are kept: settings, sessions, tables by name, commits, progress, locks, the archive."""
