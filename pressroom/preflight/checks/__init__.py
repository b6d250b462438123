"""The checks of the preflight, one a file. Adding a check is adding a file.

Each module has `CODES`, the finding codes it may give, the main one first;
`SOURCE`, where the rule comes from; a docstring that says why the rule is
there; and `check(evidence)`, which gives what is wrong. It reads no clock and
no file; what it cannot judge it says by raising `UnjudgedError`, or in a
finding of severity `skipped`.
"""
