"""How long Python takes to start with the client, against Python with `requests`, and with both.

python -m benchmarks.imports
"""

import subprocess
import sys

from benchmarks.ratio import compare


def started(statement: str) -> None:
    subprocess.run([sys.executable, "-c", statement], check=True)


def main() -> None:
    client, bare, both = "import publisher.threads_api", "import requests", "import publisher.threads_api, requests"
    print(compare(lambda: started(client), lambda: started(bare), calls=1, rounds=15).line("import-client"))
    print(compare(lambda: started(both), lambda: started(bare), calls=1, rounds=15).line("import-client-and-requests"))


if __name__ == "__main__":
    main()
