"""What is out of date: made, published and recorded; workers, cluster, watch.

There is one way to build. `ledger` records what the last builds read and made. A build first
compares the stamps (size and times) of all inputs and all published files with the recorded
ones: where none differs, and no date has turned, it publishes the report from the ledger and
ends, before any words are read. Otherwise `inputs` digests what has another stamp, and makes of
these digests a fingerprint for each topic in each locale. Leaflets whose fingerprint is another
one, or whose files were altered, are prepared; `plan` says of which the page changes, and why.
Workers set and judge these, or they come from the cache. Each is published and recorded at once;
the rack and the report follow. What a build that was killed leaves is cleared up by the next.

    run         a Scope of a site -> published leaflets, rack and Report: the stages of a build
    inputs      files that a build reads -> stamps, digests, fingerprints
    prepare     Words -> Prepared leaflets: all but typesetting, and digests of what pages are
                made of
    plan        Wanted and Made -> the reasons why a leaflet has to be made
    set_again   what another machine's libraries would make of a leaflet that stands
    output      the output folder: what is published, what joins it, what leaves it
    ledger      leaflets, their states, inputs, files and history, as tables have them
    tables      the SQLite file of the ledger, its format, changes that are made together
    cache       what was set or prepared before, outside of the output folder
    report      ledger -> Report, report.json, and the lines of text that commands print
    history     records of releases, withdrawals and print jobs, for good; they outlive the folder
    by_name     what lies in an output folder of leaflets that are withdrawn
    withdraw    bring output folders in step with what was withdrawn
    watch       changed files -> a build each time
    render      a Job -> RenderResult: set and judged, within limits of time and memory
    workers     Jobs -> results, in processes that may die or hang; preload: what they fork from
    cluster     the same on a Dask cluster, with a bundle of all that a page needs

What decides that a leaflet is made again is in `plan.REASONS`, with `Preparer` in `prepare`. What
is recorded is a table in `tables`. A new kind of input goes into `inputs.places_of`.
"""
