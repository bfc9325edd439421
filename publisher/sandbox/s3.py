"""The S3 beside the sandbox: moto's server, with its objects kept in a folder when there is one."""

import json
import logging
from pathlib import Path
from typing import Any

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


class S3:
    """One bucket on loopback. Objects can be fetched by anybody who knows their key."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._server: Any = None
        self._url: str | None = None

    @property
    def endpoint(self) -> str:
        if self._url is None:
            raise RuntimeError("the S3 server was not started")
        return self._url

    def start(self) -> None:
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self._url = f"http://{host}:{port}"
        client = self._client()
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(_PUBLIC))
        self._load()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()

    def reset(self) -> None:
        client = self._client()
        for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
            client.delete_object(Bucket=BUCKET, Key=item["Key"])
        self.save()

    def save(self) -> None:
        """Write what the bucket holds and the folder does not."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        client = self._client()
        index: dict[str, Any] = {}
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        for item in (item for page in pages for item in page.get("Contents", ())):
            name = item["ETag"].strip('"')
            file = self._folder / name
            found = client.get_object(Bucket=BUCKET, Key=item["Key"])
            if not file.exists():
                file.write_bytes(found["Body"].read())
            index[item["Key"]] = {"file": name, "content_type": found["ContentType"]}
        (self._folder / "index.json").write_text(json.dumps(index, indent=1), "utf-8")

    def _load(self) -> None:
        if self._folder is None or not (self._folder / "index.json").exists():
            return
        client = self._client()
        for key, item in json.loads((self._folder / "index.json").read_text("utf-8")).items():
            data = (self._folder / item["file"]).read_bytes()
            client.put_object(Bucket=BUCKET, Key=key, Body=data, ContentType=item["content_type"])

    def _client(self) -> Any:
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",  # noqa: S106  (moto takes any)
        )
