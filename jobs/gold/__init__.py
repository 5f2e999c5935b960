"""Figures for planners: pure functions from frames of silver to frames of gold; jobs/aggregate.py writes them."""
