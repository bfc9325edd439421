"""Where real processes are tried: a content repository on disk, a served sandbox, and each backend in its own place.

`file` is a file beside the posts, `branch` a branch of a bare repository on disk, `s3` a bucket on moto's server.
What is live is the sandbox's word, what is recorded is read by the backend itself.
"""

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.content.post import Post
from publisher.planning.state import State
from publisher.sandbox.serve import Sandbox
from publisher.state_backends.backend import StateBackend
from publisher.state_backends.branch import BranchState
from publisher.state_backends.file import FileState
from publisher.state_backends.objects import bucket_and_prefix, s3_client
from publisher.state_backends.s3 import S3State
from tests.flow.places import Place
from tests.publishing.harness import Count, chain, count, text
from tests.state_backends.places import git

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BACKENDS = ("file", "branch", "s3")
BRANCH = "publisher-state"
POSTS: tuple[Post, ...] = (text("a", "One picture"), chain("b", 3), text("c"))


@dataclass
class Ground:
    """One account's posts, ready to be published by any number of processes."""

    place: Place
    backend: str
    posts: tuple[Post, ...] = POSTS
    runs: int = 0

    @classmethod
    def make(cls, folder: Path, sandbox: Sandbox, backend: str, posts: tuple[Post, ...] = POSTS) -> "Ground":
        path = {"file": "publisher-state.json", "branch": BRANCH, "s3": f"s3://state-{secrets.token_hex(6)}/threads"}
        root = folder / "checkout"
        place = Place.make(root, sandbox, backend=backend, path=path[backend])
        place.extra = {"AWS_ENDPOINT_URL_S3": sandbox.s3_endpoint, "AWS_REGION": "us-east-1"}
        ground = cls(place, backend, posts)
        ground._write_posts()
        if backend == "branch":
            ground._with_remote(folder / "remote.git")
        if backend == "s3":
            bucket, _ = bucket_and_prefix(path["s3"])
            client = ground._s3()
            client.create_bucket(Bucket=bucket)
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        ground.open().create(State(lineage=secrets.token_hex(8), account="acme", endpoint=sandbox.threads_api))
        return ground

    def environ(self, *, attempt: int | None = None) -> dict[str, str]:
        """A run of its own; with `attempt`, the n-th attempt of one run, which may take over the lock of a dead one."""
        self.runs += 1
        number, attempt = (1, attempt) if attempt is not None else (1000 + self.runs, 1)
        return {"GITHUB_RUN_ID": str(number), "GITHUB_RUN_ATTEMPT": str(attempt)}

    def checkout(self, folder: Path) -> Place:
        """A checkout for one more runner. A state in a file is beside the posts: its runners share one."""
        if self.backend == "file":
            return self.place
        shutil.copytree(self.place.root, folder)
        return replace(self.place, root=folder)

    # --- what came of it --------------------------------------------------------------------------------------

    def open(self) -> StateBackend:
        facts: dict[str, Any] = {"account": "acme", "endpoint": self.place.sandbox.threads_api, "run": "0/1"}
        root = self.place.root
        if self.backend == "file":
            return FileState(root / "publisher-state.json", **facts)
        if self.backend == "branch":
            return BranchState(root, BRANCH, **facts)
        bucket, prefix = bucket_and_prefix(self._state_path())
        return S3State(self._s3(), bucket, prefix, **facts)

    def count(self) -> Count:
        return count(self.posts, self.place.live(), self.open().load())

    def remove(self) -> None:
        """Give back what would stay: a sandbox that is emptied keeps buckets other than its own."""
        if self.backend != "s3":
            return
        client, (bucket, _) = self._s3(), bucket_and_prefix(self._state_path())
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for item in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                client.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
        client.delete_bucket(Bucket=bucket)

    @property
    def posted(self) -> int:
        return sum(entry["method"] != "GET" for entry in self.place.sandbox.faulty.log)

    def _state_path(self) -> str:
        config = (self.place.root / "publisher.yaml").read_text("utf-8")
        return config.split("path: ")[1].split("}")[0]

    # --- making it --------------------------------------------------------------------------------------------

    def _write_posts(self) -> None:
        self.place.draw("cat.jpg")
        for post in self.posts:
            first, *rest = [part.text or "" for part in post.parts]
            picture = "media:\n  - {file: cat.jpg, alt: A red corner on grey}\n" if first == "One picture" else ""
            self.place.write(f"{post.id}.yaml", f"text: '{first}'\n{picture}{_thread(rest)}")

    def _with_remote(self, bare: Path) -> None:
        root = self.place.root
        git(root, "init", "-q")
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", "First posts")
        git(root, "clone", "-q", "--bare", str(root), str(bare))
        git(root, "remote", "add", "origin", bare.as_uri())

    def _s3(self) -> "S3Client":
        with _keys():
            client = s3_client(region="us-east-1", endpoint_url=self.place.sandbox.s3_endpoint)
            client.list_buckets()  # the keys are read with the first request
        return client


def _thread(parts: Sequence[str]) -> str:
    return "thread:\n" + "".join(f"  - text: '{part}'\n" for part in parts) if parts else ""


class _keys:
    """The sandbox's keys in the environment, for as long as a client needs to read them."""

    NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

    def __enter__(self) -> None:
        self._before = {name: os.environ.get(name) for name in self.NAMES}
        os.environ.update(dict.fromkeys(self.NAMES, "sandbox"))

    def __exit__(self, *_: object) -> None:
        for name, value in self._before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
