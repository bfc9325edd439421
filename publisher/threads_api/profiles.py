"""The token's own user (Meta: "Profiles")."""

from dataclasses import dataclass

from publisher.threads_api.call import Call


@dataclass(frozen=True, slots=True)
class Profile:
    id: str
    username: str | None = None
    name: str | None = None


class ProfilesResource:
    def __init__(self, call: Call) -> None:
        self._call = call

    def me(self) -> Profile:
        answer = self._call.get("/me", {"fields": "id,username,name"})
        return Profile(str(answer["id"]), answer.get("username"), answer.get("name"))
