"""The places that the sandbox knows (docs/threads.md, Reading)."""

from typing import Any

_PLACES = (
    ("Menlo Park, California", "1 Hacker Way", "Menlo Park", "United States", 37.4848, -122.1484, "94025"),
    ("Brandenburger Tor", "Pariser Platz", "Berlin", "Germany", 52.5163, 13.3777, "10117"),
    ("Tour Eiffel", "5 Avenue Anatole France", "Paris", "France", 48.8584, 2.2945, "75007"),
    ("Golden Gate Park", "501 Stanyan Street", "San Francisco", "United States", 37.7694, -122.4862, "94117"),
    ("Central Park", "", "New York", "United States", 40.7829, -73.9654, "10024"),
    ("東京タワー", "芝公園4-2-8", "Tokyo", "Japan", 35.6586, 139.7454, "105-0011"),
    ("Parque Ibirapuera", "Av. Pedro Álvares Cabral", "São Paulo", "Brazil", -23.5874, -46.6576, "04094-050"),
    ("Table Mountain", "", "Cape Town", "South Africa", -33.9628, 18.4098, "8001"),
)
_NAMES = ("name", "address", "city", "country", "latitude", "longitude", "postal_code")


def _all() -> dict[str, dict[str, Any]]:
    rows = ((str(213_000_000 + number), row) for number, row in enumerate(_PLACES, start=1))
    return {place_id: {"id": place_id, **dict(zip(_NAMES, row, strict=True))} for place_id, row in rows}


LOCATIONS = _all()
