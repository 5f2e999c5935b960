"""Personal items planted in every field of every source, and a scan of all that a run leaves on disk."""
