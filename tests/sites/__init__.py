"""Sites that are made as a whole: `python -m tests.sites.NAME DIR`."""
