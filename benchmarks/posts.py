"""A repository of as many sound posts as wanted: every kind, several sizes, most texts beyond ASCII.

The same number gives the same files each time. All pictures and videos are the same three small files, which are looked
at once: what is measured is the posts.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

CONFIG = "version: 1\naccount: acme\ntimezone: Europe/Berlin\nposts: posts\n"
_SENTENCES = (
    "The new sensor wakes once a minute, sends what it has heard, and sleeps again.",
    "Größere Akkus haben wir nicht gebraucht, nur längere Pausen – und ein bisschen Geduld.",
    "今回の更新で、観測所は充電なしで百日間動くようになりました。",
    "Read the whole story at https://acme.dev/notes and tell us what you would measure.",
    "Обновление уже доступно; спасибо всем, кто присылал наблюдения всю зиму.",
    "Rain on the roof, wind in the mast 🌦️ and nobody had to climb up there 🎉",
    "Les stations de montagne dorment jusqu’à l’aube : à 3 000 m, l’énergie est précieuse.",
    "मौसम केंद्र अब हर मिनट एक माप भेजता है।",
)
_MEDIA = {"jpg": "dawn.jpg", "png": "battery.png", "mp4": "clouds.mp4"}
_EXAMPLES = Path(__file__).parent.parent / "example-posts" / "posts" / "media"
_MEASURES = (1, 2, 3, 4)  # sentences of a text, in turn


def write_posts(root: Path, count: int) -> int:
    """`count` post files below `root`, with their publisher.yaml; returns the bytes of the posts."""
    folder = root / "posts"
    (folder / "media").mkdir(parents=True)
    for name in _MEDIA.values():
        shutil.copyfile(_EXAMPLES / name, folder / "media" / name)
    (root / "publisher.yaml").write_text(CONFIG, "utf-8")
    size = 0
    for number in range(count):
        data = post(number).encode()
        (folder / f"{number:06}.yaml").write_bytes(data)
        size += len(data)
    return size


def post(number: int) -> str:
    """Post file `number`, as its author would write it."""
    return (
        f"# Post {number} of the year's plan.\n{_FORMS[number % len(_FORMS)](number)}note: reviewed in round {number}\n"
    )


def _text(number: int, indent: str = "") -> str:
    sentences = _MEASURES[number // len(_FORMS) % len(_MEASURES)]
    lines = [_SENTENCES[(number + step) % len(_SENTENCES)] for step in range(sentences)]
    body = f"\n\n{indent}  ".join([*lines, f"No. {number}."])
    return f"text: |-\n{indent}  {body}\n"


def _media(number: int, *endings: str) -> str:
    items = (
        f"  - file: media/{_MEDIA[ending]}\n    alt: >-\n"
        f"      Picture {place} of post {number}: {_SENTENCES[(number + place) % 5]}\n"
        for place, ending in enumerate(endings, start=1)
    )
    return "media:\n" + "".join(items)


def _chain(number: int) -> str:
    return _text(number) + "thread:\n" + "".join(f"  - {_text(number + step, '    ')}" for step in (1, 2))


_FORMS: tuple[Callable[[int], str], ...] = (
    _text,
    lambda n: _text(n) + "topic: Weather\n",
    lambda n: _text(n) + _media(n, "jpg"),
    lambda n: _text(n) + f"link: https://acme.dev/{n}\nreply_control: everyone\n",
    lambda n: _text(n) + _media(n, "mp4"),
    lambda n: _text(n) + "publish_at: 2026-12-01T09:00\nif_late: publish\n",
    lambda n: _text(n) + _media(n, "jpg", "png", "mp4"),
    _chain,
    lambda n: _text(n) + "poll:\n  - Lightning\n  - Fine dust\n  - Bodenfeuchte für Gärten\n",
    lambda n: _text(n) + f"quote: {18_050_000_000_000_000 + n}\ncountries: [DE, AT, CH]\n",
    lambda n: f"text: |-\n  The next station has a name: Nimbus {n}.\nspoilers:\n  - Nimbus {n}\ndraft: true\n",
    lambda n: f"repost: {18_060_000_000_000_000 + n}\n",
    lambda n: _text(n) + f"attached_text:\n  text: |-\n    Notes\n\n    **All** that changed in round {n}.\n",
    lambda n: _text(n) + "gif: 3o7aCTPPm4OHfRLSH6\n",
    lambda n: _text(n) + "ghost: true\n",
    lambda n: _text(n) + 'location: "213000002"\nshare_to_instagram: dark\nreply_approvals: true\n',
)
