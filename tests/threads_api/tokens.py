"""Secrets that no test may find anywhere but where they belong, and where the token fixtures have names for them."""

import os
import random
import secrets

from publisher.threads_api.auth import Configuration

# The same in all processes of one run: they must agree on the names of the tests.
_chance = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(16))


def _random(prefix: str = "") -> str:
    return f"{prefix}canary{_chance.getrandbits(128):032x}"


APP_SECRET, CODE, USED_CODE = _random(), _random("AQB"), _random("AQB")
SHORT, LONG, NEW, APP_TOKEN = _random("THQ"), _random("THQ"), _random("THQ"), _random()
NAMED = {
    "<app secret>": APP_SECRET,
    "<code>": CODE,
    "<used code>": USED_CODE,
    "<short token>": SHORT,
    "<long token>": LONG,
    "<new token>": NEW,
    "<app token>": APP_TOKEN,
}
APP = Configuration("1234567890", APP_SECRET, "https://acme.dev/back/")


def leaked(*texts: object) -> list[str]:
    """Names of the secrets that can be seen in what is given."""
    seen = " ".join(f"{text} {text!r}" for text in texts)
    return [name for name, secret in NAMED.items() if secret in seen]
