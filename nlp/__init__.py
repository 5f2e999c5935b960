"""What Thai text means: pure functions on strings and batches of strings; knows no Spark and no lake."""
