"""Slips that tests have to notice, and the run that makes them, one at a time: `make mutate`.

    table        a TOML file for each room -> mutants, and the source that each makes
    __main__     mutants -> which of them a test notices, in copies of the checkout
    ROOM.toml    the mutants of a room

A mutant is a change that somebody could make by mistake: one text of a module stands
instead of another (`was`, `becomes`), or a function is `gone` and `returns` what finds
nothing wrong. Its `tests` are those that should fail then: files or functions below
`tests/`. One that no test can notice says the `reason`.
"""
