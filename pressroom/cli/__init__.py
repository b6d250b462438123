"""Click options, commands and messages: the only room that prints.

A command reads its options, reads the site, calls one or two functions of the other rooms, and
prints what they return: results to stdout, messages to stderr. Errors become messages and exit
codes in one place, `console.messages`. Whatever else a command seems to need (judging, dates,
signals, tables) belongs in another room. Imports of other rooms stand inside the commands, so
that `--help` loads none of them.

    options   what all commands take, and the topics, locales and editions that they name
    console   results, messages, exit codes, the progress bar, tables and colours
    build     build, why, store
    check     check, status
    review    approve, proof, withdraw
    locale    locale add, update, export, import
    due       due
    printing  print, releases, recall
    export    export fhir, openemr, archive
    serve     serve, watch
    new       new

`pipeline.py` puts them together. A new command goes into the file of its group, with an
`add_command` there.
"""
