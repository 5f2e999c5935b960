"""What runs: one step per file, each reads tables and writes its own."""
