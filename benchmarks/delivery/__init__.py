"""How fast, how evenly and at what cost messages leave: `python -m benchmarks.delivery --help`."""
