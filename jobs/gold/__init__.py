"""Figures for planners: pure functions from frames of silver to frames of gold; the step ``aggregate`` writes them."""
