"""Synthetic exports in every source format, in Thai of our own, made by a seeded generator."""
