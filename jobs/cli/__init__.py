"""The commands of `siang`, one module per group. Slow libraries are imported when a command is called."""
