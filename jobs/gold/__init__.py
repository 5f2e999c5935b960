"""Figures for planners: pure functions from frames of silver to frames of gold, which the step ``aggregate`` writes."""
