"""Benchmarks that print ratios: `make bench`, or `make bench ONLY=name`."""
