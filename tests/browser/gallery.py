"""A feed with one of everything that the page can show, made by the typed client on a running sandbox."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import boto3
import requests
from PIL import Image

from publisher.sandbox.serve import Sandbox
from publisher.threads_api import (
    Attachment,
    Credentials,
    Gif,
    Pace,
    Poll,
    StyledRange,
    TextAttachment,
    TextEntity,
    ThreadsClient,
)
from publisher.threads_api.container import PostOptions, utf16_length
from tests.browser import words

MEDIA = Path(__file__).parents[2] / "example-posts" / "posts" / "media"
AT_ONCE = Pace(first_s=0.0)  # the gallery's media are ready when they are made
_STYLES = {
    "Why we moved the scheduler": ("bold",),
    "three years": ("italic", "underline"),
    "it was simple": ("highlight",),
    "somebody hoped": ("strikethrough",),
    "a job says what it needs": ("bold", "italic", "underline", "strikethrough", "highlight"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """An account of the sandbox, and a short way to post as it."""

    client: ThreadsClient

    def post(self, text: str | None = None, media: Sequence[Attachment] = (), **options: Unpack[PostOptions]) -> str:
        """Publish; the media id."""
        return self.client.post(text, media, pace=AT_ONCE, **options).media_id


@dataclass(frozen=True, slots=True)
class Bucket:
    """The sandbox's own S3, and pictures to fill it with."""

    sandbox: Sandbox

    def holds(self, name: str, data: bytes, alt_text: str | None = None) -> Attachment:
        """The medium, fetchable by the sandbox. Its ending says what it is."""
        s3 = boto3.client(
            "s3",
            endpoint_url=self.sandbox.s3_endpoint,
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        kind = {"jpg": "image/jpeg", "png": "image/png", "mp4": "video/mp4"}[name.rsplit(".", 1)[1]]
        s3.put_object(Bucket=self.sandbox.bucket, Key=name, Body=data, ContentType=kind)
        return Attachment(url=f"{self.sandbox.s3_endpoint}/{self.sandbox.bucket}/{name}", alt_text=alt_text)

    def example(self, name: str, alt_text: str | None = None) -> Attachment:
        return self.holds(name, (MEDIA / name).read_bytes(), alt_text)

    def shade(self, number: int) -> Attachment:
        size = ((480, 360), (360, 480), (720, 360))[number % 3]
        return self.holds(f"{number}.jpg", colours(number * 12, size), f"Shade {number}")


def colours(hue: int, size: tuple[int, int]) -> bytes:
    """A JPEG that differs from its neighbours; `hue` 0 to 255."""
    picture = Image.radial_gradient("L").resize(size)
    shades = Image.merge("HSV", (Image.new("L", size, hue), Image.new("L", size, 120), picture)).convert("RGB")
    target = io.BytesIO()
    shades.save(target, "JPEG")
    return target.getvalue()


def fill(sandbox: Sandbox) -> None:
    """Everything, oldest first; what a person sees on top comes last."""
    _tell(sandbox, "world", {"video_ready": "0s"})
    acme = _person(sandbox, sandbox.access_token)
    mira = _person(sandbox, sandbox.world.add_account("mira.codes", "THTESTMIRA0123456789").token)
    sandbox.world.add_account("nobody.yet", "THTESTNOBODY0123456789")
    bucket = Bucket(sandbox)
    _texts(acme)
    _tell(sandbox, "clock", {"advance": "26h"})
    _answers(acme, mira)
    _tell(sandbox, "clock", {"advance": "95m"})
    _extras(acme)
    _tell(sandbox, "clock", {"advance": "7h"})
    _media(acme, mira, bucket)
    _tell(sandbox, "clock", {"advance": "12m"})


def _person(sandbox: Sandbox, token: str) -> Person:
    return Person(ThreadsClient.connect(Credentials(token), base_url=sandbox.threads_api))


def _tell(sandbox: Sandbox, control: str, document: dict[str, str]) -> None:
    requests.post(f"{sandbox.threads_api}/_sandbox/{control}", json=document, timeout=5).raise_for_status()


def _texts(acme: Person) -> None:
    for text in (words.HOSTILE, words.ARABIC, words.JAPANESE, words.BOTH_WAYS, words.CLUSTERS, words.LONG):
        acme.post(text)


def _answers(acme: Person, mira: Person) -> None:
    root = acme.post("How we stopped waking up at night. A thread, in three parts.", topic_tag="on-call")
    second = acme.post("First we deleted half of the alerts. Nobody noticed.", reply_to_id=root)
    acme.post("Then we gave every alert an owner. Notes: https://acme.dev/alerts", reply_to_id=second)
    acme.client.replies.hide(mira.post("Buy my course instead!", reply_to_id=root))
    kind = mira.post("This is great. Which half, @acme?", reply_to_id=root)
    acme.post("The half that said \u201cmight\u201d.", reply_to_id=kind)
    guarded = acme.post("Questions? We read all of them first.", enable_reply_approvals=True)
    mira.post("Is it free?", reply_to_id=guarded)
    acme.client.replies.approve(mira.post("Is it any good?", reply_to_id=guarded))
    acme.client.replies.approve(mira.post("First!", reply_to_id=guarded), approve=False)
    theirs = mira.post("Posted my talk on queues, slides included.", topic_tag="queues")
    quoted = acme.post("Go and see this one.", quote_post_id=theirs)
    acme.post("Quoting ourselves, quoting @mira.codes.", quote_post_id=quoted)
    lost = acme.post("Soon gone.")
    acme.post("What was quoted here is gone.", quote_post_id=lost)
    acme.client.publishing.delete(lost)
    acme.client.publishing.repost(theirs)


def _extras(acme: Person) -> None:
    acme.post("Settle it.", poll_attachment=Poll(("Tabs", "Spaces", "What the formatter says")))
    acme.post(words.QUESTION, poll_attachment=Poll(words.OPTIONS))
    killer = "The killer is the gardener, and nobody saw it coming: not the cook, not the doctor, not even he."
    hidden = [TextEntity.covering(part, killer) for part in ("the gardener", "not the cook, not the doctor")]
    acme.post(killer, text_entities=hidden)
    acme.post("Friday.", gif_attachment=Gif("3o7TKSjRrfIPjeiVyM"))
    styling = tuple(_styled(part, names) for part, names in _STYLES.items())
    acme.post(
        "The long story is attached.", text_attachment=TextAttachment(words.LETTER, "https://acme.dev/why", styling)
    )
    acme.post("The short one as well.", text_attachment=TextAttachment(words.NOTE))
    acme.post("This will be gone tomorrow.", is_ghost_post=True)
    acme.post("Come and say hello.", location_id="213000002", allowlisted_country_codes=["DE", "AT", "CH"])
    acme.post("Version 4 is out.", link_attachment="https://acme.dev/releases/4", reply_control="mentioned_only")


def _styled(part: str, names: tuple[str, ...]) -> StyledRange:
    return StyledRange(utf16_length(words.LETTER[: words.LETTER.index(part)]), utf16_length(part), names)


def _media(acme: Person, mira: Person, bucket: Bucket) -> None:
    dawn = bucket.example("dawn.jpg", "The sun comes up behind layered hills; the valley is still in mist.")
    chart = bucket.example("a-year-in-one-chart.png", words.LONG_ALT)
    mira.post(None, [bucket.holds("tall.jpg", colours(150, (400, 1900)))])
    acme.post("Every shade we tried.", [bucket.shade(number) for number in range(20)])
    secret = acme.post("Do not look.", [chart], is_spoiler_media=True)
    mira.post("I looked.", quote_post_id=secret)
    acme.post("Clouds, four seconds.", [bucket.example("clouds.mp4", "Clouds over a valley")])
    acme.post("Seen, and counted.", [dawn, chart], is_spoiler_media=True)
    acme.post(
        "Good morning. The night shift ends like this.\n\nNo pages, one sunrise.", [dawn], topic_tag="night shift"
    )
