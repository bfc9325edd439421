"""The canary sings: leaks that were planted on purpose fail their tests, in every form and from every place."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.canary import forms

PLANTED = """
import base64, logging, os
from urllib.parse import quote
from tests.canary import hear

TOKEN, KEY = os.environ["THREADS_ACCESS_TOKEN"], os.environ["AWS_SECRET_ACCESS_KEY"]

def test_leak_printed(): print("token", TOKEN)
def test_leak_logged(): logging.getLogger("x").debug("user:%s", base64.b64encode(f"user:{TOKEN}".encode()).decode())
def test_leak_in_a_file(tmp_path): (tmp_path / "log").write_text(TOKEN.encode().hex())
def test_leak_in_a_name(tmp_path): (tmp_path / TOKEN[::-1]).touch()
def test_leak_in_an_address(): print("https://example.com/?key=" + quote(KEY, safe=""))
def test_leak_in_what_was_read(): hear("it says " + TOKEN)
def test_leak_of_a_fixture_of_the_canary(canary): print(canary.token)
def test_nothing_leaks(tmp_path): (tmp_path / "log").write_text("token: ***"); print(TOKEN[:20])
"""


def test_planted_leaks_fail_their_tests_and_nothing_else_does(tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text(PLANTED)
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += ["-c", os.devnull, "--rootdir", str(tmp_path), "--log-level=DEBUG", "-rA", "--tb=no", str(tmp_path)]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root)}
    said = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=300).stdout
    results = {name: outcome for outcome, name in re.findall(r"^(PASSED|FAILED) .*::(test_\w+)", said, re.M)}
    assert results.pop("test_nothing_leaks") == "PASSED", said
    assert set(results.values()) == {"FAILED"}
    assert len(results) == PLANTED.count("def test_leak")


def test_a_secret_is_found_in_base64_wherever_it_begins() -> None:
    import base64

    secret = "THQabcdefghijklmnopqrstuvwxyz0123456789"
    for before in ("", "a", "ab", "abc"):
        for after in ("", "z", "zz", "zzz"):
            encoded = base64.b64encode(f"{before}{secret}{after}".encode())
            assert any(form in encoded for form in forms(secret).values()), (before, after)
