"""The S3 beside the sandbox: moto's server on loopback, with its objects kept in a folder when there is one.

An object is in the folder before the upload is answered, so that `kill -9` loses nothing that S3 said it has. Sandboxes
of one process share moto's memory, and with it the bucket; keys are made from contents, so they do not collide.
"""

import json
import logging
import threading
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.sandbox import guard
from publisher.sandbox.persistence import FolderBroken, replace_file

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from werkzeug.serving import BaseWSGIServer

BUCKET = "sandbox-media"

# Anybody may fetch an object whose key they know, nobody may list them: what Threads needs.
_PUBLIC = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        }
    ],
}


_CONDITIONAL = threading.Lock()  # of all servers: they share moto's memory


class S3:
    """One bucket on loopback. Objects can be fetched by anybody who knows their key."""

    def __init__(self, folder: Path | None, hosts: Collection[str] = ()) -> None:
        self._folder = folder
        self._hosts = hosts
        self._index: dict[str, dict[str, str]] = {}  # key -> file in the folder, content type
        self._lock = threading.Lock()
        self._server: BaseWSGIServer | None = None
        self._client: Any = None

    @property
    def endpoint(self) -> str:
        if self._server is None:
            raise RuntimeError("the S3 server was not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log(self, type: str, message: str, *args: object) -> None:
                pass

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        app = _guarded(_reporting(_whole(DomainDispatcherApplication(create_backend_app)), self._changed), self._hosts)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._client = local_client(self.endpoint)
        self._client.create_bucket(Bucket=BUCKET)
        self._client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(_PUBLIC))
        self._load()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def reset(self) -> None:
        """Empty the bucket, and the folder with it."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        for key in [item["Key"] for page in pages for item in page.get("Contents", ())]:
            self._client.delete_object(Bucket=BUCKET, Key=key)

    # --- the folder -------------------------------------------------------------------------------------------

    def _changed(self, path: str) -> None:
        """Bring one object of the folder up to what the bucket holds now."""
        bucket, _, key = path.lstrip("/").partition("/")
        if self._folder is None or bucket != BUCKET or not key:
            return
        with self._lock:
            found = self._read(key)
            if found is None:
                self._index.pop(key, None)
            else:
                name = found["ETag"].strip('"')
                replace_file(self._folder / name, found["Body"].read())
                self._index[key] = {"file": name, "content_type": found["ContentType"]}
            replace_file(self._folder / "index.json", json.dumps(self._index, indent=1).encode())

    def _read(self, key: str) -> Any:
        try:
            return self._client.get_object(Bucket=BUCKET, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None

    def _load(self) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        index = self._folder / "index.json"
        try:
            known = json.loads(index.read_text("utf-8")) if index.exists() else {}
            kept = [(key, (self._folder / at["file"]).read_bytes(), at["content_type"]) for key, at in known.items()]
        except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise FolderBroken(f"{index} cannot be read as a sandbox's bucket: {error}") from None
        for key, data, content_type in kept:
            self._client.put_object(Bucket=BUCKET, Key=key, Body=data, ContentType=content_type)


def _whole(app: "WSGIApplication") -> "WSGIApplication":
    """A conditional write in one piece, as S3 has it: moto looks first and writes then, and others come in between."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        if "HTTP_IF_MATCH" not in environ and "HTTP_IF_NONE_MATCH" not in environ:
            return app(environ, start_response)
        with _CONDITIONAL:
            return app(environ, start_response)

    return call


def _reporting(app: "WSGIApplication", changed: Callable[[str], None]) -> "WSGIApplication":
    """Tells of every path that may have changed, before its call is answered."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        answer = app(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            changed(environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"))  # WSGI's way with bytes
        return answer

    return call


def _guarded(app: "WSGIApplication", hosts: Collection[str]) -> "WSGIApplication":
    """For callers of this machine: S3 takes any credentials, and tells every page of the web what it answers."""

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        words = guard.strange_host(environ.get("HTTP_HOST"), hosts)
        if words is None and guard.strange_origin(environ.get("HTTP_ORIGIN"), hosts):
            words = "A page from elsewhere sent this; the sandbox's bucket is open to pages of this machine only"
        if words is None:
            return app(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
        return [words.encode()]

    return call


def local_client(endpoint: str) -> Any:
    """boto3's client for the sandbox's bucket. A profile that the environment names is none of its business."""
    import boto3
    import botocore.session

    return boto3.session.Session(
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",  # noqa: S106  (moto takes any)
        region_name="us-east-1",
        botocore_session=botocore.session.Session(session_vars={"profile": (None, None, None, None)}),
    ).client("s3", endpoint_url=endpoint)
