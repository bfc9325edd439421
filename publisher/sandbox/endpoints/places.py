"""Search for locations (docs/threads.md, Reading); one location is read as any other object."""

from typing import TYPE_CHECKING, Any

from publisher.sandbox import fields, quotas
from publisher.sandbox.answers import invalid
from publisher.sandbox.locations import LOCATIONS
from publisher.sandbox.route import Route, UserCall

if TYPE_CHECKING:
    from publisher.sandbox.world import World

_PARAMS = ("q", "query", "latitude", "longitude", "fields")


def search(world: "World", call: UserCall) -> dict[str, Any]:
    """By name, city or country; the nearest first where a place is given. Not paged."""
    params = call.params
    query = (params.get("q") or params.get("query") or "").strip()
    where = _position(params)
    if not query and where is None:
        raise invalid("The parameter q is required")
    quotas.check(world.data, "locations", call.account.id, call.now)
    if world.settings.access != "advanced":
        query, where = "Menlo Park", None  # whatever is asked
    found = [place for place in LOCATIONS.values() if query.casefold() in _words(place)]
    if where is not None:
        found.sort(key=lambda place: (place["latitude"] - where[0]) ** 2 + (place["longitude"] - where[1]) ** 2)
    wanted = params.get("fields", "")
    data = [{**fields.select(place, wanted, "id,name"), "id": int(place["id"])} for place in found[:10]]
    quotas.spend(world.data, "locations", call.account.id, call.now)
    return {"data": data}


def _words(place: dict[str, Any]) -> str:
    return f"{place['name']} {place['city']} {place['country']}".casefold()


def _position(params: dict[str, str]) -> tuple[float, float] | None:
    given = [params.get(name) for name in ("latitude", "longitude")]
    if given == [None, None]:
        return None
    try:
        latitude, longitude = (float(value or "") for value in given)
    except ValueError:
        raise invalid("Params latitude and longitude must be numbers, and go together") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise invalid("Params latitude and longitude are out of range")
    return latitude, longitude


ROUTES = (Route("GET", "/location_search", search, ("threads_location_tagging",), _PARAMS),)
