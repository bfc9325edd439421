"""From settings to the objects that touch the world. The only place that chooses them; each is imported when needed.

A `Workplace` (`workplace`) is a repository with its settings: enough for everything that works offline. A `Destination`
(`destination`) is where posts go: Threads itself, or the embedded sandbox. `state` opens an account's record,
`token` finds its token, and `session` puts it all together. Nothing is imported here: `validate`
needs the first of them alone, and whoever waits for it would wait for all.
"""
