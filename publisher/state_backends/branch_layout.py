"""What lies where on a state branch. Pure.

    head.json                      everything but the posts; names the folder of posts it belongs to, and the archives
    posts/<yyyy-mm>/<id>.json      one record each, in the month of its first write: what is open, and what is recent
    archive/<yyyy-mm>[-<n>].json   what was finished long ago, many records in each

A remote walks all that a commit holds before it takes the next one; so what is finished goes into archives, and a
write costs the same in year three as on day one.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from publisher.planning import state_json
from publisher.planning.record_json import post_from_json, post_json
from publisher.planning.records import PostRecord
from publisher.planning.state import State
from publisher.state_backends import checks
from publisher.state_backends.lease import Lease, lease_from_json, lease_json
from publisher.state_backends.shards import (
    NOTHING_SEALED,
    Contents,
    Sealed,
    Shard,
    leaving,
    listed,
    names_in,
    sealed_from_json,
    shard_posts,
)

MOST_FILES = 1000  # of records, of which half stay once there are more; GitHub advises against 3000 in one folder
_RECORD = re.compile(r"posts/\d{4}-\d{2}(?:-\d+)?/([^/]+)\.json")
FOLDERS = ("posts", "archive")  # of records; the head names the ids they had when it was written
_OURS = ("lease", "archives", "dropped", *(f"{name}_tree" for name in FOLDERS))


@dataclass(frozen=True, slots=True)
class Tip:
    """A commit of the state branch, read as far as a write needs it."""

    commit: str
    head: State  # without its posts
    lease: Lease | None
    paths: Mapping[str, str]  # post id -> "posts/2026-11/launch.json", of what is not sealed
    sealed: Sealed = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class Layout:
    """Where all is after a write, and the files by which the commit differs from the one before: None for one less."""

    paths: Mapping[str, str]
    sealed: Sealed
    files: Mapping[str, bytes | None]


# --- reading ----------------------------------------------------------------------------------------------------


def belong_together(head: State, folders: Mapping[str, str]) -> bool:
    """Whether the head was written for these folders: name -> object id."""
    return all(head.extra.get(f"{name}_tree") == folders.get(name) for name in FOLDERS)


def tip_of(commit: str, head: State, files: Iterable[str], *, where: str) -> Tip:
    """`head` as `checked_head` gives it. Raises `Refused` E401 for what is no such branch."""
    try:
        sealed = sealed_from_json(head.extra)
    except (TypeError, ValueError) as error:
        raise checks.unreadable(f"{where}: head.json", str(error)) from None
    extra = {key: value for key, value in head.extra.items() if key not in _OURS}
    lease = lease_from_json(head.extra.get("lease"))
    return Tip(commit, replace(head, extra=extra), lease, _paths_by_id(files, where=where), sealed)


def posts_of(
    tip: Tip, blobs: Mapping[str, str], contents: Mapping[str, bytes], seen: Contents, *, where: str
) -> dict[str, PostRecord]:
    """All posts. `blobs`: path -> object id; `contents` are those of `wanted`; `seen` learns what archives hold."""
    archives = []
    for shard in tip.sealed.shards:
        place = f"{where}: {shard.key}"
        archives.append(shard_posts(contents[_blob(blobs, shard, place)], shard, tip.head, where=place))
        seen.learn(shard, archives[-1])
    posts: dict[str, PostRecord] = {}
    for post_id, path in tip.paths.items():
        place = f"{where}: {path}"
        posts[post_id] = post_from_json(checks.document_from(contents[blobs[path]], where=place), where=place)
    return tip.sealed.whole(archives, posts)


def wanted(tip: Tip, blobs: Mapping[str, str], *, where: str) -> list[str]:
    """The object ids of all that `posts_of` reads. Raises `Refused` E401 for an archive that is missing."""
    archives = [_blob(blobs, shard, f"{where}: {shard.key}") for shard in tip.sealed.shards]
    return [*archives, *(blobs[path] for path in tip.paths.values())]


def _blob(blobs: Mapping[str, str], shard: Shard, place: str) -> str:
    if shard.key not in blobs:
        raise checks.unreadable(place, "it is missing, and the head lists it")
    return blobs[shard.key]


def _paths_by_id(files: Iterable[str], *, where: str) -> dict[str, str]:
    """Post id -> path. Raises `Refused` E401 when two files claim one post."""
    found: dict[str, str] = {}
    for path in files:
        match = _RECORD.fullmatch(path)
        if match is None:
            continue
        post_id = unquote(match[1])
        if post_id in found:
            raise checks.unreadable(where, f"{found[post_id]} and {path} are both of post {post_id}")
        found[post_id] = path
    return found


# --- writing ----------------------------------------------------------------------------------------------------


def laid_out(
    base: Tip | None,
    written: State,
    changed: Iterable[str],
    *,
    keep: Iterable[str],
    month: str,
    most_files: int,
    seen: Contents,
    read: Callable[[Shard], Mapping[str, PostRecord]],
) -> Layout:
    """After `written` is put on top of `base`, from which it differs in the posts `changed`.

    `month` is where new records go, "2026-11"; nothing of `keep` is sealed; `read` gives an archive of `base`.
    """
    paths = dict(base.paths) if base else {}
    files: dict[str, bytes | None] = {}
    for post_id in changed:
        if post_id in written.posts:
            path = paths.setdefault(post_id, f"posts/{month}/{quote(post_id, safe='')}.json")
            files[path] = _text(post_json(written.posts[post_id]))
        elif post_id in paths:
            files[paths.pop(post_id)] = None
    sealed = base.sealed if base else NOTHING_SEALED
    sealed = sealed.written(changed, written.posts, seen.may_hold(sealed))
    made: dict[Shard, Mapping[str, PostRecord]] = {}
    for moved in _to_seal(paths, written.posts, keep, most_files):
        growth = sealed.growing(moved, written, lambda shard: made[shard] if shard in made else read(shard))
        shard = growth.named(growth.replaced.name if growth.replaced else _free_name(month, sealed))
        made[shard], sealed = growth.posts, growth.after(shard, seen)
        files[shard.key] = growth.body
        files.update({paths.pop(post_id): None for post_id in moved})
    return Layout(paths, sealed, files)


def head_text(written: State, lease: Lease | None, sealed: Sealed, folders: Mapping[str, str]) -> bytes:
    """`head.json`; `folders` are those that the commit has: name -> object id."""
    facts: dict[str, Any] = {"lease": lease_json(lease)} if lease else {}
    if sealed != NOTHING_SEALED:
        facts |= {"archives": listed(sealed), "dropped": sorted(sealed.dropped)}
    trees = {f"{name}_tree": folders.get(name) for name in FOLDERS}
    return _text(state_json.sealed({**state_json.head_json(written), **facts, **trees}))


def message(state: State, changed: tuple[str, ...], run: str) -> str:
    names = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return f"Record {names or 'the head'}\n\nserial {state.serial}, run {run}\n"


def _text(document: Mapping[str, Any]) -> bytes:
    """For people, too: the branch can be read on the web."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") + b"\n"


def _to_seal(
    paths: Mapping[str, str], posts: Mapping[str, PostRecord], keep: Iterable[str], most_files: int
) -> list[dict[str, PostRecord]]:
    """What to move into archives so that half of `most_files` stay; nothing while there are no more than that."""
    if len(paths) <= most_files:
        return []
    here = {post_id: posts[post_id] for post_id in paths if post_id in posts}  # who writes the head alone has none
    return leaving(here, keep, goal=len(paths) - most_files // 2, weight=lambda _: 1)


def _free_name(month: str, sealed: Sealed) -> str:
    taken = {shard.name for shard in sealed.shards}
    return next(name for name in names_in(month) if name not in taken)
