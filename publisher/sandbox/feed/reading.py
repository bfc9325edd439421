"""From the documents of `/_sandbox/posts` to what a page shows: references followed, chains joined. Pure.

A chain is an account's own replies, each to the one before it. Everything else that answers a post is shown on the
post's own page only. What a document lacks or has in a strange shape is left out, never guessed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from publisher.sandbox.feed import text
from publisher.sandbox.feed.details import attached, card, details, media, moment, poll, spell
from publisher.sandbox.feed.values import Card, Counts, FeedPost, FeedView, Gone, Note, Thread

Document = Mapping[str, Any]
_DEPTH = 2  # a quote in a quote, and no further: Threads stops earlier still


@dataclass(frozen=True, slots=True)
class _Known:
    """Every post there is, and how they hang together."""

    by_id: Mapping[str, Document]
    next_of: Mapping[str, str]  # post -> its author's own reply that continues it
    answers: Mapping[str, Sequence[str]]  # post -> replies that are no continuation, oldest first
    replies: Counter[str]
    reposts: Counter[str]
    quotes: Counter[str]
    now: datetime


def feed_view(
    posts: Sequence[Document], *, username: str, name: str, now: datetime, only: str | None = None
) -> FeedView:
    """The page of all that `username` published, or of the one post with shortcode `only`.

    `posts`: everything that is live, of every account, oldest first; without a post `only`, the page has no threads.
    """
    known = _known(posts, now)
    mine = [post for post in posts if post.get("username") == username]
    if only is not None:
        found = next((post for post in mine if post.get("shortcode") == only), None)
        return _single(known, found, FeedView(username, name, (), len(mine), single=True))
    continued = set(known.next_of.values())
    roots = [post for post in reversed(mine) if str(post["id"]) not in continued]
    return FeedView(
        username, name, tuple(Thread(_chain(known, post)) for post in roots), len(mine), title=f"@{username}"
    )


def _single(known: _Known, post: Document | None, view: FeedView) -> FeedView:
    """The post with what it answers above it, what continues it below, then the replies of others."""
    if post is None:
        return view
    above = [_post(known, item) for item in _ancestors(known, post)]
    first, *rest = _chain(known, post)
    thread = Thread((*above, replace(first, is_current=True), *rest))
    replies = [known.by_id[item] for part in (post["id"], *(p.id for p in rest)) for item in known.answers[str(part)]]
    words = "".join(piece.text for run in first.runs if not run.veiled for piece in run.pieces)
    return replace(
        view,
        threads=(thread,),
        replies=tuple(Thread(_plain_answer(post, item, _chain(known, item))) for item in replies),
        title=f"@{view.username}: {' '.join(words.split())[:60]}".rstrip(": "),
    )


def _plain_answer(post: Document, reply: Document, chain: tuple[FeedPost, ...]) -> tuple[FeedPost, ...]:
    """Where a reply stands below what it answers, it need not say so."""
    if reply.get("reply_to_id") != post["id"]:
        return chain
    first, *rest = chain
    return (replace(first, head=tuple(note for note in first.head if note.sign != "answers")), *rest)


def _known(posts: Sequence[Document], now: datetime) -> _Known:
    by_id = {str(post["id"]): post for post in posts}
    next_of: dict[str, str] = {}
    answers: dict[str, list[str]] = {post_id: [] for post_id in by_id}
    for post_id, post in by_id.items():
        parent = by_id.get(str(post.get("reply_to_id")))
        if parent is None:
            continue
        parent_id = str(parent["id"])
        # Only a chain's own author continues it, and only from an end: a second reply to the same post is an answer.
        if parent.get("username") == post.get("username") and parent_id not in next_of:
            next_of[parent_id] = post_id
        else:
            answers[parent_id].append(post_id)
    return _Known(
        by_id,
        next_of,
        answers,
        replies=Counter(str(post.get("reply_to_id")) for post in posts),
        reposts=Counter(_reference(post, "reposted_post") for post in posts),
        quotes=Counter(_reference(post, "quoted_post") for post in posts),
        now=now,
    )


def _chain(known: _Known, post: Document) -> tuple[FeedPost, ...]:
    parts = [post]
    while (following := known.next_of.get(str(parts[-1]["id"]))) is not None:
        parts.append(known.by_id[following])
    return tuple(_post(known, part) for part in parts)


def _ancestors(known: _Known, post: Document) -> list[Document]:
    """What the post answers, from the first on; whatever was deleted on the way ends it."""
    found: list[Document] = []
    while (parent := known.by_id.get(str(post.get("reply_to_id")))) is not None:
        found.insert(0, post := parent)
    return found


def _post(known: _Known, post: Document, depth: int = 0) -> FeedPost:
    original = known.by_id.get(_reference(post, "reposted_post"))
    if original is not None:
        return replace(_post(known, original, depth), id=str(post["id"]), via=str(post.get("username", "")))
    post_id = str(post["id"])
    username = str(post.get("username", ""))
    when = moment(post.get("timestamp")) or known.now
    written = str(post.get("text") or "")
    is_lost_repost = bool(_reference(post, "reposted_post"))
    pictures = media(post)
    head, foot = details(post, known.now)
    return FeedPost(
        id=post_id,
        username=username,
        link=_link(post),
        ago=ago(known.now - when),
        time=spell(when),
        iso_time=when.isoformat(),
        runs=text.runs(written, text.spoiler_marks(written, post.get("text_entities"))),
        media=pictures,
        topic=str(post["topic_tag"]) if post.get("topic_tag") else None,
        card=_card(post, written),
        gif=card(post.get("gif_url")),
        attached=attached(post.get("text_attachment")),
        poll=poll(post.get("poll_attachment"), known.now),
        quote=Gone("This post is no longer there.") if is_lost_repost else _quote(known, post, depth),
        via=username if is_lost_repost else None,
        head=(*_answering(known, post), *head),
        foot=foot,
        counts=Counts(known.replies[post_id], known.reposts[post_id], known.quotes[post_id]),
        hidden=post.get("hide_status") == "HIDDEN",
    )


def _card(post: Document, written: str) -> Card | None:
    """The link that is attached, else the first one in the text of a post that is text only (docs/threads.md, Text)."""
    given = post.get("link_attachment_url")
    beside = ("gif_url", "poll_attachment", "text_attachment", "quoted_post")
    if given or post.get("media_type") != "TEXT_POST" or any(post.get(name) for name in beside):
        return card(given)
    return card(text.first_link(written))


def _quote(known: _Known, post: Document, depth: int) -> FeedPost | Gone | None:
    quoted_id = _reference(post, "quoted_post")
    if not quoted_id or depth >= _DEPTH:
        return None
    quoted = known.by_id.get(quoted_id)
    return Gone("The quoted post is no longer there.") if quoted is None else _post(known, quoted, depth + 1)


def _answering(known: _Known, post: Document) -> tuple[Note, ...]:
    """Whom a reply answers; a chain's rail says it already."""
    if post.get("reply_to_id") is None or known.next_of.get(str(post["reply_to_id"])) == str(post["id"]):
        return ()
    parent = known.by_id.get(str(post["reply_to_id"]))
    if parent is None:
        return (Note("answers", "Answers a post that is no longer there"),)
    return (Note("answers", f"Answers @{parent.get('username', '')}", _link(parent)),)


def _reference(post: Document, name: str) -> str:
    """The id that a field such as `quoted_post` names; empty without one."""
    found = post.get(name)
    return str(found.get("id") or "") if isinstance(found, Mapping) else ""


def _link(post: Document) -> str:
    return f"/@{post.get('username', '')}/post/{post.get('shortcode', '')}"


def ago(span: timedelta) -> str:
    """ "now", "5 min", "3 h", "2 d"; whole units, rounded down."""
    seconds = span.total_seconds()
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {name}"
    return "now"
