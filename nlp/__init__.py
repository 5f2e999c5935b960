"""Thai text processing: pure functions on strings and batches of strings, without Spark or a lake."""
