"""From settings to the objects that touch the world. The only place that chooses them; each is imported when needed.

A `Workplace` is a repository with its settings: enough for everything that works offline. A `Destination` is where
posts go: Threads itself, or the embedded sandbox. `open_session` puts both together for one account.
"""

from publisher.wiring.destination import Destination, destination, open_sandbox, sandbox_at_rest, threads
from publisher.wiring.session import open_session
from publisher.wiring.state import (
    backend_for,
    begin_if_missing,
    new_state,
    refuse_forgetful,
    require_tip,
    run_id,
)
from publisher.wiring.token import auth_command, found_token, has_token, secret_of, token_variables
from publisher.wiring.workplace import HOME, InvalidSettings, Workplace, open_workplace, schema_path, source_lines

__all__ = [
    "HOME",
    "Destination",
    "InvalidSettings",
    "Workplace",
    "auth_command",
    "backend_for",
    "begin_if_missing",
    "destination",
    "found_token",
    "has_token",
    "new_state",
    "open_sandbox",
    "open_session",
    "open_workplace",
    "refuse_forgetful",
    "require_tip",
    "run_id",
    "sandbox_at_rest",
    "schema_path",
    "secret_of",
    "source_lines",
    "threads",
    "token_variables",
]
