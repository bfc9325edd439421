"""publisher.yaml and the environment, read into `Settings`: every mistake of both at once, each with its place.

Pure. The schema says what a value may look like (`schemas/config.json`), this module what the schema cannot: what fits
together. A variable of the environment is judged by the same schema as the key it stands for.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from publisher.content.countries import COUNTRIES, MEANT
from publisher.content.document import Document
from publisher.content.findings import Finding, Place, found, has_errors
from publisher.content.marks import Marks, Pointer
from publisher.content.parsing import parse
from publisher.content.schema import conform, load_schema
from publisher.content.text_rules import topic as sent_topic
from publisher.content.text_rules import topic_problem
from publisher.content.times import zone
from publisher.settings import (
    AccountSettings,
    MediaSettings,
    PublishingSettings,
    Rules,
    Settings,
    StateSettings,
)

FILE = "publisher.yaml"
PREFIX = "PUBLISHER_"

# Variables of ours that stand for no key of the file.
_OTHER_VARIABLES = ("PUBLISHER_PAUSE", "PUBLISHER_FORMAT", "PUBLISHER_ACCOUNT", "PUBLISHER_COMPLETE")
_HIDDEN_KEY = r"(?i)token|secret|password|credential|access_key"
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_MOST_SLIPS = 50  # keys of one mapping that are compared; a file with more is no file of settings with slips
_SAME = {"account": ("accounts",)}  # one of the two is enough
_LONGEST_PRESIGN = timedelta(days=7)
_LONGEST = timedelta(days=3_650)  # of any duration: what lies behind it must still be on the calendar
_WAITS = ("ready_wait", "poll", "settle", "look_for", "publish_timeout", "call_timeout", "chain_gap")
_DURATIONS = (
    ("state", "lease"),
    ("rules", "late_limit"),
    *(("publishing", key) for key in _WAITS),
    *(("publishing", "give_up", kind) for kind in ("image", "video")),
)

# The schema's findings are worded for post files; configuration has codes of its own.
_CODES = {"E200": "E510", "E201": "E511", "E202": "E512", "E203": "E513", "E204": "E514", "E205": "E515"}
_CODES |= {"E206": "E516", "E207": "E517", "E261": "E513"}


def read_settings(data: bytes, environ: Mapping[str, str], *, path: str = FILE) -> Settings | tuple[Finding, ...]:
    """The settings, or everything that is wrong with the file and the variables."""
    document = parse(path, data)
    if not isinstance(document, Document):
        return tuple(map(_of_no_settings, document))
    return load_settings(document, environ)


def load_settings(document: Document, environ: Mapping[str, str]) -> Settings | tuple[Finding, ...]:
    """As `read_settings`, of a file that is sound YAML."""
    conformed = conform(document, "config")
    findings = [_as_configuration(finding, document) for finding in (*document.warnings, *conformed.findings)]
    config, wrong_variables = _with_variables(_Config(document, conformed.data, {}), environ)
    told = {(finding.path, finding.place) for finding in findings}  # one mistake, one finding: `timezone: ~`
    misfits = (finding for finding in _misfits(config) if (finding.path, finding.place) not in told)
    findings += [*wrong_variables, *misfits]
    if has_errors(findings):
        return tuple(sorted(set(findings), key=lambda finding: finding.sort_key))
    return _settings(config)


def duration(text: str) -> timedelta:
    """ "250ms", "30s", "5m", "24h", "7d".

    >>> duration("1.5h")
    datetime.timedelta(seconds=5400)
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text)
    if match is None:
        raise ValueError(f'"{text}" is no duration')
    try:
        return timedelta(**{_UNITS[match[2]]: float(match[1])})
    except OverflowError:  # a number of any length is a duration still, and longer than is good for any
        return timedelta.max


@dataclass(frozen=True, slots=True)
class _Config:
    """The file's data with types, and which of it comes from the environment."""

    document: Document
    data: dict[str, Any]
    variables: Mapping[Pointer, str]  # pointer -> the variable that set it

    def get(self, *pointer: str) -> Any:
        value: Any = self.data
        for key in pointer:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *pointer: str) -> str | None:
        value = self.get(*pointer)
        return value if isinstance(value, str) and value else None

    def duration(self, *pointer: str) -> timedelta | None:
        """None also for what is no duration: the schema has said so."""
        text = self.text(*pointer)
        try:
            return duration(text) if text else None
        except ValueError:
            return None

    def found(self, code: str, pointer: Pointer, message: str, fix: str = "", *, key: bool = False) -> Finding:
        variable = self.variables.get(pointer)
        if variable is not None:
            return found(code, variable, Place(1, 1, 1, 1), message, fix=fix)
        place = self.document.key_place_of(pointer) if key else self.document.place_of(pointer)
        return found(code, self.document.path, place, message, fix=fix)

    def missing(self, above: Pointer, key: str, message: str, fix: str) -> Iterator[Finding]:
        """A finding for a key that is not there; none when a slip of it is, which has one of its own: `verson`."""
        rule = load_schema("config")
        for name in above:
            rule = rule["properties"][name]
        allowed = tuple(rule["properties"])
        slips = [
            other for other in self.get(*map(str, above)) if other not in allowed and not re.search(_HIDDEN_KEY, other)
        ]
        if not (slips and _keys_meant(slips[:_MOST_SLIPS], allowed) & {key, *_SAME.get(key, ())}):
            yield self.found("E512", above, message, fix, key=True)


def _as_configuration(finding: Finding, document: Document) -> Finding:
    line = document.lines[finding.place.line - 1] if finding.place.line <= len(document.lines) else ""
    if finding.code == "E203" and re.search(_HIDDEN_KEY, line.partition(":")[0]):
        return found(
            "E527",
            finding.path,
            finding.place,
            "this looks like a secret, which has no place in a file that others read",
            fix="delete it, make a new one, and put that into the environment: THREADS_ACCESS_TOKEN, AWS_…",
        )
    # Reason and remedy are looked up again, so that the catalogue speaks of configuration.
    code, fix = _CODES.get(finding.code, finding.code), "" if _usual(finding) else finding.fix
    return found(code, finding.path, finding.place, finding.message, fix=fix)


def _of_no_settings(finding: Finding) -> Finding:
    """A finding of a file that could not be read: one without keys is told how settings begin, and not how a post."""
    if finding.code != "E111" or not _usual(finding):
        return finding
    message = finding.message.replace('like "text: …"', 'like "version: 1"')
    why, fix = "settings are keys with values", "begin with these two lines:\nversion: 1\naccount: acme"
    return replace(finding, message=message, why=why, fix=fix)


def _usual(finding: Finding) -> bool:
    """Whether the remedy is the one that the catalogue has for every finding of the code."""
    from publisher.content.catalogue import entry  # only for a finding

    known = entry(finding.code)
    return known is not None and finding.fix == known.fix


def _keys_meant(slips: Iterable[str], allowed: Sequence[str]) -> set[str | None]:
    from publisher.content.slips import suggest  # only for a name that is wrong: what it stands on takes long to load

    return {suggest(slip, allowed, "config") for slip in slips}


# --- the environment ----------------------------------------------------------------------------------------------


def _with_variables(config: _Config, environ: Mapping[str, str]) -> tuple[_Config, list[Finding]]:
    """The data with every `PUBLISHER_…` in its place, and what is wrong with those."""
    keys = {_variable(pointer): pointer for pointer in _keys(load_schema("config"))}
    findings: list[Finding] = []
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or value == "":
            continue
        if name in keys:
            config, wrong = _set(config, name, keys[name], value)
            findings += wrong
        elif name not in _OTHER_VARIABLES and (better := _meant(name, keys)):
            place = Place(1, 1, 1, 1)
            message = f"no setting is called {name}"
            findings.append(found("E513", name, place, message, fix=f"did you mean {better}?"))
    return config, findings


def _meant(name: str, known: Iterable[str]) -> str:
    """The variable that was probably meant; empty for one that is like none of ours."""
    from publisher.content.slips import suggest  # only for a name that is wrong: what it stands on takes long to load

    return (suggest(name.lower(), [each.lower() for each in known], "") or "").upper()


def _keys(schema: Mapping[str, Any], above: Pointer = ()) -> Iterator[Pointer]:
    for key, below in schema.get("properties", {}).items():
        if "properties" in below:
            yield from _keys(below, (*above, key))
        elif key not in ("accounts", "defaults", "version"):
            yield (*above, key)


def _variable(pointer: Pointer) -> str:
    return PREFIX + "_".join(str(key) for key in pointer).upper()


def _set(config: _Config, name: str, pointer: Pointer, value: str) -> tuple[_Config, list[Finding]]:
    if pointer == ("account",) and "accounts" in config.data:
        return config, []  # chooses one of them, as `--account` does
    nested: Any = value
    for key in reversed(pointer):
        nested = {key: nested}
    conformed = conform(Document(name, nested, value, Marks({}, {})), "config")
    if conformed.findings:
        return config, [_as_configuration(finding, config.document) for finding in conformed.findings]
    data = _merged(config.data, conformed.data)
    return replace(config, data=data, variables={**config.variables, pointer: name}), []


def _merged(below: Any, above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below) if isinstance(below, dict) else {}
    for key, value in above.items():
        merged[key] = _merged(merged.get(key), value) if isinstance(value, dict) else value
    return merged


# --- what the schema cannot say -------------------------------------------------------------------------------------


def _misfits(config: _Config) -> Iterator[Finding]:
    if "version" not in config.data:
        yield from config.missing((), "version", "version is missing", "version: 1")
    yield from _account_misfits(config)
    yield from _media_misfits(config)
    yield from _state_misfits(config)
    yield from _default_misfits(config)
    for pointer in _DURATIONS:
        length = config.duration(*pointer)
        if length is not None and length > _LONGEST:
            yield config.found("E518", pointer, f"{pointer[-1]} is longer than ten years", "write one like 30m or 24h")
    for pointer in _places_of(config, "timezone"):
        name = config.text(*pointer)
        if name is not None and zone(name) is None:
            yield config.found("E525", pointer, f'there is no time zone "{name[:60]}"')
    for pointer in _places_of(config, "posts"):
        folder = config.text(*pointer)
        if folder is None:
            continue
        if folder.startswith(("/", "~", "\\")) or ".." in folder.split("/"):
            yield config.found("E526", pointer, f'the folder "{folder[:60]}" is outside the repository')
        elif not folder.strip("./"):
            yield config.found("E526", pointer, "the whole repository is no folder of posts: workflows are YAML too")


def _places_of(config: _Config, key: str) -> list[tuple[str, ...]]:
    accounts = config.get("accounts")
    return [(key,), *(("accounts", name, key) for name in (accounts if isinstance(accounts, dict) else ()))]


def _account_misfits(config: _Config) -> Iterator[Finding]:
    if "account" not in config.data and "accounts" not in config.data:
        yield from config.missing((), "account", "account is missing: no account is named", "account: acme")
    if "account" in config.data and "accounts" in config.data:
        yield config.found("E528", ("account",), "account and accounts exclude each other", key=True)
    if "user_id" in config.data and "accounts" in config.data:
        yield config.found("E528", ("user_id",), "with accounts, each has a user_id of its own", key=True)


def _media_misfits(config: _Config) -> Iterator[Finding]:
    media = config.get("media")
    if not isinstance(media, dict):
        return
    public, presign = "public_base_url" in media, "presign" in media
    if public and presign:
        yield config.found("E521", ("media", "presign"), "public_base_url and presign exclude each other", key=True)
    if "bucket" in media and not public and not presign:
        message = "nothing says how Threads reaches the bucket"
        yield config.found("E522", ("media", "bucket"), message, "add public_base_url:, or presign: 24h", key=True)
    if "bucket" not in media and media:
        yield from config.missing(("media",), "bucket", "bucket is missing", "bucket: acme-social")
    length = config.duration("media", "presign")
    if length is not None and not timedelta(minutes=1) <= length <= _LONGEST_PRESIGN:
        message = "a signed address is good for 1m to 7d"
        yield config.found("E523", ("media", "presign"), message, "presign: 24h")


def _state_misfits(config: _Config) -> Iterator[Finding]:
    path, backend = config.text("state", "path"), config.text("state", "backend") or "file"
    pointer = ("state", "path")
    accounts = config.get("accounts")
    if backend != "s3" and config.text("state", "owner") is not None:
        message = f"owner is whose bucket it is, and the backend {backend} has none"
        yield config.found("E516", ("state", "owner"), message, "delete it", key=True)
    if path is None:
        if backend == "s3":
            yield from config.missing(("state",), "path", "path is missing", "path: s3://bucket/prefix")
        return
    if isinstance(accounts, dict) and len(accounts) > 1 and "{account}" not in path:
        message = "several accounts cannot share one state"
        yield config.found("E520", pointer, message, f"path: {_with_account(path)}")
    if backend == "s3" and not re.fullmatch(r"s3://[^/\s]+(/.*)?", path):
        yield config.found(
            "E516", pointer, "with the backend s3 the path is s3://bucket/prefix", "path: s3://acme/state"
        )
    if backend == "file" and (posixpath.normpath(f"/{path}") == "/" or path.endswith(("/", "/.", "/.."))):
        yield config.found("E516", pointer, f'the path "{path[:60]}" names a folder', "path: publisher-state.json")
    if backend != "s3" and path.startswith("s3://"):
        yield config.found("E516", pointer, f"a path like this needs the backend s3, not {backend}", "backend: s3")


def _default_misfits(config: _Config) -> Iterator[Finding]:
    for pointer in _places_of(config, "defaults"):
        topic, countries = config.text(*pointer, "topic"), config.get(*pointer, "countries")
        if topic is not None and (problem := topic_problem(sent_topic(topic))) is not None:
            yield config.found("E516", (*pointer, "topic"), problem, "shorten it, or leave the sign out")
        for number, code in enumerate(countries if isinstance(countries, list) else ()):
            if isinstance(code, str) and code not in COUNTRIES:
                message = f"there is no country {code}"
                yield config.found("E516", (*pointer, "countries", number), message, _country(code))


def _country(code: str) -> str:
    from publisher.content.catalogue import entry

    known = entry("E246")
    return f"did you mean {MEANT[code]}?" if code in MEANT else known.fix if known is not None else ""


def _with_account(path: str) -> str:
    stem, dot, end = path.rpartition(".")
    return f"{stem}-{{account}}.{end}" if dot and "/" not in end else f"{path}-{{account}}"


# --- the values -----------------------------------------------------------------------------------------------------


def _settings(config: _Config) -> Settings:
    return Settings(
        accounts=_accounts(config),
        media=_media(config),
        state=_state(config),
        rules=_rules(config),
        publishing=_publishing(config),
    )


def _accounts(config: _Config) -> tuple[AccountSettings, ...]:
    common: dict[str, Any] = {
        "posts": config.text("posts") or "posts",
        "timezone": config.text("timezone") or "UTC",
        "defaults": config.get("defaults") or {},
    }
    named = config.get("accounts") or {str(config.text("account")): {"user_id": config.text("user_id")}}
    return tuple(_account(name, {**common, **(own or {})}, common["defaults"]) for name, own in named.items())


def _account(name: str, facts: Mapping[str, Any], defaults: Mapping[str, Any]) -> AccountSettings:
    return AccountSettings(
        name=name,
        user_id=facts.get("user_id"),
        posts=facts["posts"].removeprefix("./").strip("/"),
        timezone=facts["timezone"],
        defaults=tuple(sorted(_said({**defaults, **facts["defaults"]}).items())),
    )


def _said(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults as posts hold them; `false` takes back what all accounts share."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in defaults.items() if value}


def _media(config: _Config) -> MediaSettings:
    given = {key: value for key, value in (config.get("media") or {}).items() if key != "presign"}
    return MediaSettings(**given, presign=config.duration("media", "presign"))


def _state(config: _Config) -> StateSettings:
    backend: Any = config.get("state", "backend") or "file"
    path = config.text("state", "path")
    if path is None:
        path = "publisher-state.json" if backend == "file" else "publisher-state"
        path = _with_account(path) if len(config.get("accounts") or ()) > 1 else path
    return StateSettings(backend, path, owner=config.text("state", "owner"), **_durations(config, "state", "lease"))


def _rules(config: _Config) -> Rules:
    rules = config.get("rules") or {}
    given = {key: value for key, value in rules.items() if key != "late_limit"}
    return Rules(**given, **_durations(config, "rules", "late_limit"))


def _publishing(config: _Config) -> PublishingSettings:
    given = {
        key: value for key in ("on_ambiguous", "concurrency") if (value := config.get("publishing", key)) is not None
    }
    give_up: dict[str, Any] = {
        f"give_up_{kind}": length
        for kind in ("image", "video")
        if (length := config.duration("publishing", "give_up", kind)) is not None
    }
    return PublishingSettings(**given, **_durations(config, "publishing", *_WAITS), **give_up)


def _durations(config: _Config, section: str, *keys: str) -> dict[str, Any]:
    """The durations that are given; `auto`, and what is left out, stays the default."""
    return {key: length for key in keys if (length := config.duration(section, key)) is not None}
