"""Places that a post can carry (Meta: "Location tagging"). Needs `threads_location_tagging`.

Source: https://developers.facebook.com/docs/threads/reference/location-search
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from publisher.threads_api.call import Call, given, segment
from publisher.threads_api.errors import InvalidParameter
from publisher.threads_api.fields import LOCATION_FIELDS, Fields, spelled
from publisher.threads_api.reading import Record


@dataclass(frozen=True, slots=True)
class Location:
    id: str | None
    name: str | None = None
    address: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    postal_code: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, record: Record) -> "Location":
        return cls(
            record.label("id"),  # a number in the search's answer, a string elsewhere
            **{name: record.text(name) for name in ("name", "address", "city", "country")},
            latitude=record.number("latitude"),
            longitude=record.number("longitude"),
            postal_code=record.label("postal_code"),
            extra=record.rest(cls.__dataclass_fields__),
        )


class LocationsResource:
    """`client.locations`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def search(
        self, q: str | None = None, *, latitude: float | None = None, longitude: float | None = None
    ) -> tuple[Location, ...]:
        """Places by words, by coordinates, or both. 500 searches a day."""
        if (latitude is None) != (longitude is None) or (q is None and latitude is None):
            raise InvalidParameter("a location search needs `q`, or `latitude` and `longitude`, which go together")
        place = given(
            latitude=None if latitude is None else str(latitude),
            longitude=None if longitude is None else str(longitude),
        )
        answer = self._call.get("/location_search", {**given(q=q), **place, "fields": LOCATION_FIELDS})
        return tuple(Location.read(item) for item in answer.data())

    def get(self, location_id: str, *, fields: Fields = LOCATION_FIELDS) -> Location:
        return Location.read(self._call.get(f"/{segment(location_id)}", {"fields": spelled(fields)}))
