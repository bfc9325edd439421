"""A Threads account kept in git: one YAML file per post, published exactly once on merge.

The way of a post, and where each stage lives:

    text on disk      repository       finds and opens files, so that nothing leads out of the repository
    a document        content          reads YAML as strings with places; pure
    a post            content          or findings: every mistake, with its place and its fix; pure
    a plan            planning         posts and state in, actions and verdicts out; pure
    receipts          publishing       one loop carries the plan out and remembers each act at once
    state             state_backends   durable and conditional: file, branch, s3

Beside the way: `media` makes pictures and videos fit to be sent and stores them, `threads_api` is the client,
`sandbox` a local Threads with S3, `report` what people and machines read, `github` what `init` writes, `cli` the
commands, and `wiring` the only place that chooses what touches the world. Imports go one way: cli, wiring, the edges,
publishing, report and planning, content, errors (tests/test_house.py).
"""
