"""Every endpoint of the API, one module for each resource, as the client has them.

`ROUTES` is the whole API; the coverage table and the generated OpenAPI document are made from it.
"""

from publisher.sandbox.endpoints import insights, media, oembed, places, profiles, publishing, replies, search, tokens
from publisher.sandbox.route import OpenRoute, Route

ROUTES: dict[tuple[str, str], Route | OpenRoute] = {
    (route.method, route.path): route
    for module in (publishing, media, replies, profiles, search, places, insights, oembed, tokens)
    for route in module.ROUTES
}
FIXED = frozenset(path for _, path in ROUTES if "{" not in path)
