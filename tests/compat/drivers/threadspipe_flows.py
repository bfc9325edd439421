"""threadspipepy 0.4.5: text, picture, carousel, and what it reads back; results as JSON on stdout."""

import json
import os
import sys

from elsewhere import send_to
from threadspipepy.threadspipe import ThreadsPipe

BASE, PICTURE = sys.argv[1:]
send_to(BASE)
pipe = ThreadsPipe(
    os.environ["DRIVER_USER"],
    os.environ["DRIVER_TOKEN"],
    disable_logging=True,
    wait_before_post_publish=False,
    wait_before_media_item_publish=False,
)
for words, pictures, captions in (("Hello", [], []), ("A picture", [PICTURE], ["Red"]), ("Two", [PICTURE] * 2, [])):
    pipe.pipe(words, pictures, captions)
json.dump(
    {
        "posts": pipe.get_posts(),
        "profile": pipe.get_profile(),
        "quota": pipe.get_quota_usage(),
        "insights": pipe.get_user_insights(metrics=["likes", "views"]),
    },
    sys.stdout,
    default=str,
)
