"""What an editor offers where a key is typed, and what it says of each: python -m tests.editors.show"""

import sys

from tests.editors.server import MISSING, LanguageServer
from tests.editors.test_help import PLACES, keys_of, path_of, told_of, with_key


def main() -> int:
    if MISSING is not None:
        print(MISSING)
        return 1
    offered = explained = known = 0
    with LanguageServer() as server:
        for place, (name, pointer, text, (line, column)) in PLACES.items():
            server.open(path_of(name, f"show {place}"), text)
            labels = {item["label"] for item in server.completed(path_of(name, f"show {place}"), line, column)}
            print(f"\n{place}")
            for key, rules in keys_of(name, pointer).items():
                path = path_of(name, f"show {place} {key}")
                server.open(path, with_key(text, line, column, key))
                shown = server.explained(path, line, column + 1)
                known, offered = known + 1, offered + (key in labels)
                explained += told_of(name, rules)["title"] in shown
                print(f"  {key:<20} {shown.splitlines()[2][:90] if shown else 'NOTHING'}")
    print(f"\n{offered} of {known} keys offered and {explained} explained, in {len(PLACES)} places")
    return 0 if offered == explained == known else 1


if __name__ == "__main__":
    sys.exit(main())
