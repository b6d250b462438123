"""Measure batches against Pressroom's peers, all in one run: `python -m benchmarks.batch`."""
