"""Codes 6xx: whose token it is, and what it may do."""

from publisher.content.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E600",
        "there is no access token",
        "publishing needs one; validate, plan --offline and the sandbox do not",
        "set THREADS_ACCESS_TOKEN, or THREADS_ACCESS_TOKEN_FILE to a file that holds it; or publisher auth login",
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
    Entry(
        "E606",
        "the window gave no access",
        "the person said no, or the answer was not for this login: another state, no code",
        "publisher auth login again, and answer in the window that it opens",
    ),
    Entry(
        "E607",
        "Threads did not take the code",
        "a code is good once, for one hour, for the app and the redirect URI that it was asked with",
        "publisher auth login again; check THREADS_API_SECRET if it stays",
    ),
    Entry(
        "E608",
        "the token file cannot be used",
        "whoever reads or changes it can post as the account",
        "a plain file of yours, mode 0600; publisher auth login writes one",
        bad="-rw-r--r-- ada staff ~/.config/threads-publisher/acme.json\n",
        good="-rw------- ada staff ~/.config/threads-publisher/acme.json\n",
    ),
    Entry(
        "E609",
        "the token cannot be refreshed",
        "Threads refreshes a long-lived token from its 24th hour to its end; nothing brings back one that is over",
        "wait until it is a day old; or publisher auth login",
    ),
    Entry(
        "E610",
        "the app is not known",
        "access is given to an app: its Threads app id, its secret, and the redirect URI registered for it",
        "set THREADS_APP_ID, THREADS_API_SECRET and THREADS_REDIRECT_URI; or publisher auth login --with-token",
        bad="export THREADS_REDIRECT_URI=http://acme.dev/callback\n",
        good="export THREADS_REDIRECT_URI=https://acme.dev/callback\n",
    ),
    Entry(
        "E611",
        "the port of the redirect URI is taken",
        "the answer of the window would reach whatever listens there",
        "stop that program, or register another port",
    ),
    Entry(
        "E612",
        "nobody came back from the window in time",
        "without an answer there is no code",
        "publisher auth login again; --timeout for more time, --paste where the window is on another machine",
    ),
    Entry(
        "W601",
        "the token ends soon",
        "it can be refreshed until it ends, and not a minute longer",
        "publisher auth refresh",
    ),
)
