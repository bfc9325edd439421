"""A faithful local Threads with S3 beside it, so that everything runs and is tried without an account.

`world` is pure; `faults` makes it fail on purpose; `transport` puts it behind the client without sockets; `serve` puts
it on loopback for any client. Imports only `threads_api`.
"""
