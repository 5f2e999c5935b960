"""Synthetic exports in every source format, with invented Thai texts, made by a seeded generator."""
