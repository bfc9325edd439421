"""The example posts: valid without a warning, one of every kind, and as small as a repository wants them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from publisher.content.post import Kind, Post
from publisher.content.schema import load_schema
from publisher.resources import resource
from publisher.wiring.workplace import open_workplace
from tests.cli.calling import Caller

FOLDER = resource("example-posts")


@pytest.fixture(scope="module")
def posts() -> tuple[Post, ...]:
    place = open_workplace(FOLDER, {})
    return place.check(place.sources()).posts


def items(posts: tuple[Post, ...]) -> Iterator[tuple[Post, str]]:
    for post in posts:
        for part in post.parts:
            for item in part.media:
                yield post, item.file or ""


def test_they_are_valid_without_a_warning() -> None:
    called = Caller(FOLDER)("validate", "--strict", "--format", "json")
    assert called.document["findings"] == []
    assert called.document["posts"] == len(list((FOLDER / "posts").glob("*.yaml")))


def test_there_is_one_of_every_kind(posts: tuple[Post, ...]) -> None:
    assert {post.kind for post in posts} == set(Kind)
    parts = [part for post in posts for part in post.parts]
    assert any(part.quote for part in parts)
    assert any(part.reply_to for part in parts)
    assert any(part.link for part in parts)
    assert any(part.topic for part in parts)
    assert any(part.reply_control for part in parts)
    assert any(post.draft for post in posts)
    assert any(post.publish_at for post in posts)


def test_every_key_is_used_by_one_of_them() -> None:
    written = [yaml.safe_load(file.read_bytes()) for file in sorted((FOLDER / "posts").glob("*.yaml"))]
    used = {key for post in written for key in post}
    assert used == set(load_schema("post")["properties"])
    assert any("spoiler" in item for post in written for item in post.get("media", ()))


def test_a_chain_has_three_parts_and_a_picture_in_the_second(posts: tuple[Post, ...]) -> None:
    (chain,) = (post for post in posts if post.kind is Kind.CHAIN)
    assert [len(part.media) for part in chain.parts] == [0, 1, 0]


def test_a_carousel_mixes_png_and_jpeg(posts: tuple[Post, ...]) -> None:
    carousels = (post for post in posts if post.kind is Kind.CAROUSEL)
    types = {Path(file).suffix for _, file in items(tuple(carousels))}
    assert types == {".png", ".jpg"}


def test_their_media_are_small(posts: tuple[Post, ...]) -> None:
    files = [file for file in (FOLDER / "posts" / "media").iterdir() if file.is_file()]
    assert {Path(name).name for _, name in items(posts)} == {file.name for file in files}  # nothing left over
    assert all(file.stat().st_size < 200_000 for file in files)
