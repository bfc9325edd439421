"""Codes 6xx: whose token it is, and what it may do."""

from publisher.content.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E600",
        "there is no access token",
        "publishing needs one; validate, plan --offline and the sandbox do not",
        "set THREADS_ACCESS_TOKEN, or THREADS_ACCESS_TOKEN_FILE to a file that holds it",
    ),
    Entry(
        "E601",
        "a text that looks like a secret",
        "what is committed is public sooner or later",
        "remove it, and revoke the token",
    ),
    Entry("E602", "the token is not good any more", "it expired or was revoked", "put a fresh token in its place"),
    Entry(
        "E603",
        "the token is another account's",
        "it would post to the wrong profile",
        "use the token of the account that publisher.yaml names",
    ),
    Entry("E604", "the token may not do this", "it lacks a scope, or the app an access tier", "grant the scope"),
    Entry("E605", "the token has characters that no token has", "a stray line break, often", "set it anew"),
)
