"""The checks of the preflight, one a file. Adding a check is adding a file.

Each module has `CODES`, the finding codes that it may give, the main one first; `SOURCE`, where
the rule comes from; `BAD` and `GOOD`, what fails and what passes, in a line; a docstring that says
why the rule is there; and `check(evidence)`, which yields findings. A check reads no clock and no
file. What it cannot judge it reports by raising `UnjudgedError`, or in a finding of severity
`skipped`.
"""
