"""Figures that anyone can take: each module is one command, `python -m benchmarks.<name>`."""
