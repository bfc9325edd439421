"""A feed with one of everything that the page can show, made through the API of a running sandbox."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import boto3
import requests
from PIL import Image

from publisher.sandbox.serve import Sandbox
from publisher.threads_api.messages import Request

MEDIA = Path(__file__).parents[2] / "example-posts" / "posts" / "media"
HOSTILE = (
    "<script>document.title='owned'</script> \"><img src=x onerror=alert(1)> {{ 7*7 }} "
    "\u202egnp.exe javascript:alert(1)"
)
ARABIC = "مرحبا بالعالم! هذا نص من اليمين إلى اليسار، وفيه رابط https://acme.dev/ar ووسم #إطلاق."
JAPANESE = "新しいバージョンを公開しました。\n\n写真も、アンケートも、引用もそのまま試せます。#リリース"
LETTER = (
    "Why we moved the scheduler\n\nFor three years it ran on one machine. It was fast, it was simple, and every night "
    "somebody hoped that it would still be there in the morning.\n\n"
) + "What changed is small: a job says what it needs, and whoever has it takes the job. " * 9


@dataclass(frozen=True)
class Person:
    """An account of the sandbox, and a short way to post as it."""

    sandbox: Sandbox
    token: str

    def call(self, method: str, path: str, **params: str) -> str:
        response = self.sandbox.world.answer(Request(method, path, params), self.token)
        assert response.status == 200, response.body
        return str(json.loads(response.body).get("id", ""))

    def post(self, text: str = "", **params: str) -> str:
        """Publish; the media id."""
        given = {"media_type": "TEXT", **({"text": text} if text else {}), **params}
        creation_id = self.call("POST", "/me/threads", **given)
        return self.call("POST", "/me/threads_publish", creation_id=creation_id)

    def wait(self, span: str) -> None:
        requests.post(
            f"{self.sandbox.threads_api}/_sandbox/clock", json={"advance": span}, timeout=5
        ).raise_for_status()

    def child(self, **params: str) -> str:
        return self.call("POST", "/me/threads", is_carousel_item="true", **params)


def upload(sandbox: Sandbox, name: str, data: bytes, content_type: str) -> str:
    """The medium's URL, in the sandbox's own bucket."""
    s3 = boto3.client(
        "s3",
        endpoint_url=sandbox.s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    s3.put_object(Bucket=sandbox.bucket, Key=name, Body=data, ContentType=content_type)
    return f"{sandbox.s3_endpoint}/{sandbox.bucket}/{name}"


def colours(number: int) -> bytes:
    """A picture that differs from its neighbours, one in three upright."""
    size = ((480, 360), (360, 480), (720, 360))[number % 3]
    picture = Image.radial_gradient("L").resize(size)
    shades = Image.merge("HSV", (Image.new("L", size, number * 12), Image.new("L", size, 120), picture)).convert("RGB")
    target = io.BytesIO()
    shades.save(target, "JPEG")
    return target.getvalue()


def fill(sandbox: Sandbox) -> None:
    """Everything, oldest first; what a person sees on top comes last."""
    sandbox.world.settings.video_ready = 0.0
    acme = Person(sandbox, sandbox.access_token)
    mira = Person(sandbox, sandbox.world.add_account("mira.codes", "THTESTMIRA0123456789").token)
    _texts(acme)
    acme.wait("26h")
    _answers(acme, mira)
    acme.wait("95m")
    _extras(acme)
    acme.wait("7h")
    _media(sandbox, acme)
    acme.wait("12m")


def _texts(acme: Person) -> None:
    acme.post(HOSTILE)
    acme.post(ARABIC)
    acme.post(JAPANESE)
    acme.post("x" * 120 + " " + "https://acme.dev/" + "very-long-path/" * 12)


def _answers(acme: Person, mira: Person) -> None:
    root = acme.post("How we stopped waking up at night. A thread, in three parts.", topic_tag="on-call")
    second = acme.post("First we deleted half of the alerts. Nobody noticed.", reply_to_id=root)
    acme.post("Then we gave every alert an owner. Notes: https://acme.dev/alerts", reply_to_id=second)
    rude = mira.post("Buy my course instead!", reply_to_id=root)
    acme.call("POST", f"/{rude}/manage_reply", hide="true")
    kind = mira.post("This is great. Which half, @acme?", reply_to_id=root)
    acme.post("The half that said \u201cmight\u201d.", reply_to_id=kind)
    guarded = acme.post("Questions? We read all of them first.", enable_reply_approvals="true")
    mira.post("Is it free?", reply_to_id=guarded)
    theirs = mira.post("Posted my talk on queues, slides included.", topic_tag="queues")
    quoted = acme.post("Go and see this one.", quote_post_id=theirs)
    acme.post("Quoting ourselves, quoting @mira.codes.", quote_post_id=quoted)
    lost = acme.post("Soon gone.")
    acme.post("What was quoted here is gone.", quote_post_id=lost)
    acme.call("DELETE", f"/{lost}")
    acme.call("POST", f"/{theirs}/repost")


def _extras(acme: Person) -> None:
    options = {"option_a": "Tabs", "option_b": "Spaces", "option_c": "What the formatter says"}
    acme.post("Settle it.", poll_attachment=json.dumps(options))
    acme.post(
        "The killer is the gardener, and nobody saw it coming.",
        text_entities=json.dumps([{"entity_type": "SPOILER", "offset": 14, "length": 12}]),
    )
    acme.post("Friday.", gif_attachment=json.dumps({"gif_id": "3o7TKSjRrfIPjeiVyM", "provider": "GIPHY"}))
    styles = {
        "Why we moved the scheduler": ["bold"],
        "three years": ["italic", "underline"],
        "it was simple": ["highlight"],
        "somebody hoped": ["strikethrough"],
    }
    ranges = [
        {"offset": LETTER.index(words), "length": len(words), "styling_info": names} for words, names in styles.items()
    ]
    attachment = {"plaintext": LETTER, "text_with_styling_info": ranges, "link_attachment_url": "https://acme.dev/why"}
    acme.post("The long story is attached.", text_attachment=json.dumps(attachment))
    acme.post("This will be gone tomorrow.", is_ghost_post="true")
    acme.post("Come and say hello.", location_id="213000002", allowlisted_country_codes="DE,AT,CH")
    acme.post("Version 4 is out.", link_attachment="https://acme.dev/releases/4", reply_control="mentioned_only")


def _media(sandbox: Sandbox, acme: Person) -> None:
    dawn = upload(sandbox, "dawn.jpg", (MEDIA / "dawn.jpg").read_bytes(), "image/jpeg")
    chart = upload(sandbox, "chart.png", (MEDIA / "a-year-in-one-chart.png").read_bytes(), "image/png")
    clip = upload(sandbox, "clouds.mp4", (MEDIA / "clouds.mp4").read_bytes(), "video/mp4")
    twenty = [
        acme.child(
            media_type="IMAGE", image_url=upload(sandbox, f"{n}.jpg", colours(n), "image/jpeg"), alt_text=f"Shade {n}"
        )
        for n in range(20)
    ]
    acme.post("Every shade we tried.", media_type="CAROUSEL", children=",".join(twenty))
    acme.post("Do not look.", media_type="IMAGE", image_url=chart, alt_text="A chart", is_spoiler_media="true")
    acme.post("Clouds, ten seconds.", media_type="VIDEO", video_url=clip, alt_text="Clouds over a valley")
    pair = [
        acme.child(media_type="IMAGE", image_url=dawn, alt_text="Dawn"),
        acme.child(media_type="IMAGE", image_url=chart, alt_text="The same night in numbers"),
    ]
    acme.post("Seen, and counted.", media_type="CAROUSEL", children=",".join(pair), is_spoiler_media="true")
    acme.post(
        "Good morning. The night shift ends like this.\n\nNo pages, one sunrise.",
        media_type="IMAGE",
        image_url=dawn,
        alt_text="The sun comes up behind layered hills; the valley is still in mist.",
        topic_tag="night shift",
    )
