"""agoras-platforms 2.2.0, its client for Threads: text, picture, carousel, repost, delete; results as JSON on stdout.

Its module is loaded by itself: the package around it brings a dozen other networks along.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path

from elsewhere import send_to

BASE, PICTURE = sys.argv[1:]
send_to(BASE)
(source,) = (path for place in sys.path for path in Path(place).glob("agoras/platforms/threads/client.py"))
spec = importlib.util.spec_from_file_location("agoras_threads_client", source)
assert spec is not None
assert spec.loader is not None
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
client = module.ThreadsAPIClient(os.environ["DRIVER_TOKEN"], os.environ["DRIVER_USER"])

text = client.create_post("Hello")["id"]
picture = client.create_post("A picture", [PICTURE], ["Red"])["id"]
carousel = client.create_post("Two", [PICTURE, PICTURE], ["Red", "Red"])["id"]
found = {"posted": [text, picture, carousel], "repost": client.repost_post(text)}
json.dump(found | {"deleted": client.delete_post(picture)}, sys.stdout)
