"""Published extracts: the files of a version, and the pointer to the current version."""
