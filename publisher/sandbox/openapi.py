"""The API as an OpenAPI 3.1 document, made from the routes: for generators of clients, and of garbage. Pure."""

from typing import Any

from publisher.sandbox.endpoints import ROUTES
from publisher.sandbox.route import OpenRoute, Route

_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "code", "fbtrace_id"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "code": {"type": "integer"},
                "error_subcode": {"type": "integer"},
                "is_transient": {"type": "boolean"},
                "error_user_title": {"type": "string"},
                "error_user_msg": {"type": "string"},
                "fbtrace_id": {"type": "string"},
            },
        }
    },
}
_JSON = "application/json"


def openapi_document() -> dict[str, Any]:
    """Every route: GET and DELETE take their parameters from the query, POST from a form."""
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), route in ROUTES.items():
        paths.setdefault(path, {})[method.lower()] = _operation(path, route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Threads API, as the sandbox answers it", "version": "v1.0"},
        "servers": [{"url": "/v1.0"}, {"url": "/"}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(path: str, route: Route | OpenRoute) -> dict[str, Any]:
    module = route.answer.__module__.rsplit(".", 1)[1]
    operation: dict[str, Any] = {
        "operationId": f"{module}.{route.answer.__name__}",
        "tags": [module],
        "parameters": [_parameter("path", name) for name in ("user", "id") if f"{{{name}}}" in path],
        "responses": {
            "200": {"description": "What was asked for.", "content": {_JSON: {"schema": {}}}},
            "4XX": {"description": "Refused.", "content": {_JSON: {"schema": _ERROR}}},
            "5XX": {"description": "Refused, too; without a body where a scope is missing."},
        },
    }
    if isinstance(route, Route):
        operation["security"] = [{"token": []}]
        operation["description"] = f"Needs {', '.join(('threads_basic', *route.scopes))}."
    names = [name for name in route.params if name != "access_token"]
    if route.method == "POST" and names:
        schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
        operation["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    else:
        operation["parameters"] += [_parameter("query", name) for name in names]
    return operation


def _parameter(place: str, name: str) -> dict[str, Any]:
    return {"in": place, "name": name, "required": place == "path", "schema": {"type": "string"}}
