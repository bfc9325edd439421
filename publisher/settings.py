"""publisher.yaml and the environment, as one frozen value.

Precedence: flag, then environment (`PUBLISHER_` and the key's path in capitals), then file, then default. Secrets are
never in here: tokens and keys are read from the environment by `wiring`, where they are used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class MediaSettings:
    bucket: str | None = None
    prefix: str = "threads/"
    region: str | None = None
    endpoint_url: str | None = None  # R2, MinIO, …; None for AWS
    public_base_url: str | None = None  # "https://media.acme.dev"
    presign: timedelta | None = None  # instead of public_base_url


@dataclass(frozen=True, slots=True)
class StateSettings:
    backend: Literal["file", "branch", "s3"] = "file"
    path: str = "publisher-state.json"
    lease: timedelta = timedelta(minutes=30)
    owner: str | None = None  # of the bucket: "123456789012"


@dataclass(frozen=True, slots=True)
class Rules:
    alt_text: Literal["error", "warn", "off"] = "error"
    text_limit: Literal["characters", "bytes"] = "characters"
    max_new_per_run: int = 20
    max_deletes_per_run: int = 5
    late_limit: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PublishingSettings:
    """How long what is waited for, and what is done when an outcome is unknown (schemas/config.json)."""

    on_ambiguous: Literal["retry", "park"] = "retry"
    ready_wait: timedelta | None = None  # None: 30 s, a video longer by its size; or the pace of `poll`
    poll: timedelta | None = None  # None: `auto`, once a minute; else the one pace for everything that waits
    give_up_image: timedelta = timedelta(minutes=5)
    give_up_video: timedelta = timedelta(minutes=30)
    settle: timedelta = timedelta(seconds=600)
    look_for: timedelta = timedelta(seconds=360)
    publish_timeout: timedelta = timedelta(seconds=300)
    call_timeout: timedelta = timedelta(seconds=30)
    chain_gap: timedelta = timedelta(hours=6)
    concurrency: int = 8


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """One account, with everything of the file's that applies to it."""

    name: str
    user_id: str | None = None
    posts: str = "posts"  # folder, from the repository's root
    timezone: str = "UTC"
    defaults: tuple[tuple[str, Any], ...] = ()  # ("reply_control", "everyone"), …


@dataclass(frozen=True, slots=True)
class Settings:
    accounts: tuple[AccountSettings, ...]
    media: MediaSettings = field(default_factory=MediaSettings)
    state: StateSettings = field(default_factory=StateSettings)
    rules: Rules = field(default_factory=Rules)
    publishing: PublishingSettings = field(default_factory=PublishingSettings)


def in_ci(environ: Mapping[str, str]) -> bool:
    """Whether a machine runs this: nobody is asked anything, and files do not outlive the run."""
    return environ.get("CI", "").lower() not in ("", "0", "false", "no")
