"""A post as HTML for another page (Meta: "Embed a Threads post"). Needs no token; 1,000 calls an hour.

Source: https://developers.facebook.com/docs/threads/tools-and-resources/embed-a-threads-post
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from publisher.threads_api.call import Call, given
from publisher.threads_api.errors import InvalidParameter
from publisher.threads_api.reading import Record


@dataclass(frozen=True, slots=True)
class Embed:
    html: str  # Meta's markup, script included: put it only where you would put Meta's script
    width: int | None = None
    type: str | None = None  # "rich"
    version: str | None = None  # "1.0"
    provider_name: str | None = None
    provider_url: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, record: Record) -> "Embed":
        html = record.text("html")
        if html is None:
            record.refuse("an answer without `html`")
        return cls(
            html,
            record.integer("width"),
            **{name: record.text(name) for name in ("type", "version", "provider_name", "provider_url")},
            extra=record.rest(cls.__dataclass_fields__),
        )


class OembedResource:
    """`client.oembed`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def get(self, url: str, *, maxwidth: int | None = None) -> Embed:
        """The post at this permalink, at most `maxwidth` (320 to 658) pixels wide.

        Not for private, inactive or age-restricted accounts, nor for posts limited to countries.
        """
        if maxwidth is not None and not 320 <= maxwidth <= 658:
            raise InvalidParameter("`maxwidth` is 320 to 658 pixels")
        width = None if maxwidth is None else str(maxwidth)
        return Embed.read(self._call.get("/oembed", given(url=url, maxwidth=width)))
