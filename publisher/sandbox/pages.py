"""What people open in a browser: the feed, one post, and the media that the sandbox keeps."""

import html
import io

from flask import Flask, Response, redirect, send_file
from werkzeug.wrappers import Response as BaseResponse

from publisher.sandbox import feed, markup
from publisher.sandbox.faults import FaultyWorld
from publisher.sandbox.published import published_json


def add(app: Flask, faulty: FaultyWorld) -> None:
    """Mount the pages."""

    def page(username: str, only: str | None) -> Response:
        account = next((item for item in faulty.world.data.accounts.values() if item.username == username), None)
        view = None
        if account is not None:
            now = faulty.world.clock()
            view = feed.feed_view(published_json(faulty), username=username, name=account.name, now=now, only=only)
        if view is None or (only is not None and not view.posts):
            missing = feed.render_missing(None if view is None else username)
            return Response(missing, 404, mimetype="text/html", headers=feed.headers())
        return Response(feed.render_feed(view), mimetype="text/html", headers=feed.headers())

    @app.get("/")
    def front() -> BaseResponse:
        return redirect(f"/@{next(iter(faulty.world.data.accounts.values())).username}")

    @app.get("/@<username>")
    def profile(username: str) -> Response:
        return page(username, None)

    @app.get("/@<username>/post/<shortcode>")
    def post(username: str, shortcode: str) -> Response:
        return page(username, shortcode)

    @app.get("/@<username>/picture.svg")
    def picture(username: str) -> Response:
        return Response(_initial(username), mimetype="image/svg+xml", headers={"X-Content-Type-Options": "nosniff"})

    @app.get("/_media/<sha256>")
    def media(sha256: str) -> Response:
        data = faulty.world.blobs.bytes.get(sha256)
        if data is None:
            return Response("no such medium", 404, mimetype="text/plain")
        kind = "video/mp4" if data[4:8] == b"ftyp" else "image/png" if data[:4] == b"\x89PNG" else "image/jpeg"
        # Players ask for pieces: without them none could jump within a video, and some show nothing at all.
        answer = send_file(io.BytesIO(data), mimetype=kind, conditional=True, etag=sha256)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers.pop("Date", None)  # the machine's; the server adds the sandbox's own
        return answer


def _initial(username: str) -> str:
    """A profile picture: the initial on a colour of its own."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">'
        f'<rect width="96" height="96" rx="48" fill="hsl({markup.hue(username)} 45% 32%)"/>'
        '<text x="48" y="64" font-family="sans-serif" font-size="44" text-anchor="middle" fill="#fff">'
        f"{html.escape(username[:1].upper())}</text></svg>"
    )
