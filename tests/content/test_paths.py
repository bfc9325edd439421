"""Paths stay in the repository, and addresses lead out into the world."""

from posixpath import normpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.content.addresses import public_problem
from publisher.content.paths import PathProblem, locate

POST = "posts/2026/launch.yaml"


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("cat.jpg", "posts/2026/cat.jpg"),
        ("./media/./cat.jpg", "posts/2026/media/cat.jpg"),
        ("../cat.jpg", "posts/cat.jpg"),
        ("../../shared/cat.jpg", "shared/cat.jpg"),
        ("../../posts/../cat.jpg", "cat.jpg"),
        ("a..b/c...jpg", "posts/2026/a..b/c...jpg"),
        ("console.jpg", "posts/2026/console.jpg"),
        (".github/cat.jpg", "posts/2026/.github/cat.jpg"),
        ("Bild schön.jpg", "posts/2026/Bild schön.jpg"),
    ],
)
def test_a_path_is_read_from_the_folder_of_its_post(written: str, path: str) -> None:
    assert locate(POST, written) == path


@pytest.mark.parametrize(
    "written",
    [
        "/etc/passwd", "//host/cat.jpg", "~/cat.jpg", "~root/cat.jpg", "C:/cat.jpg", "c:cat.jpg", "\\\\host\\cat.jpg",
        "a\\cat.jpg", "../../../cat.jpg", "../../..", "a/../../../../cat.jpg", ".git/config", "../../.git/config",
        ".GIT/cat.jpg", ".git./cat.jpg", "git~1/cat.jpg", ".git/../cat.jpg", "con", "CON.jpg", "a/nul.png",
        "com1.mp4", "pictures/", ".", "..", "a/.", "a/..", "file:///etc/passwd", "file:cat.jpg", "https://acme.dev/a.jpg",
    ],
)  # fmt: skip
def test_a_path_that_could_lead_elsewhere_is_refused(written: str) -> None:
    assert isinstance(locate(POST, written), PathProblem)


@given(st.lists(st.sampled_from(["..", ".", "a", "b.jpg", ".git", "", "~", "C:", "\\"]), min_size=1, max_size=8))
def test_no_path_leaves_the_repository(pieces: list[str]) -> None:
    path = locate(POST, "/".join(pieces))
    if isinstance(path, str):
        assert path == normpath(path)
        assert not path.startswith(("/", "..", "~"))
        assert ".git" not in path.split("/")


@pytest.mark.parametrize(
    "url",
    ["https://media.acme.dev/a.jpg", "HTTPS://media.acme.dev/a.jpg?x=1#y", "https://media.acme.dev:443/a.jpg",
     "https://xn--bcher-kva.example.com/a.jpg", "https://bücher.de/a.jpg", "https://a.b.c.d.co.uk/a.jpg",
     "https://10gbps.net/a.jpg"],
)  # fmt: skip
def test_a_public_address_is_passed_on(url: str) -> None:
    assert public_problem(url) is None


@pytest.mark.parametrize(
    "url",
    ["http://acme.dev/a.jpg", "ftp://acme.dev/a.jpg", "file:///etc/passwd", "acme.dev/a.jpg", "//acme.dev/a.jpg",
     "https://", "https:///a.jpg", "https://localhost/a.jpg", "https://LOCALHOST./a.jpg", "https://127.0.0.1/a.jpg",
     "https://10.0.0.1/a.jpg", "https://169.254.169.254/latest", "https://2130706433/a.jpg", "https://0x7f000001/a.jpg",
     "https://0177.0.0.1/a.jpg", "https://127.1/a.jpg", "https://[::1]/a.jpg", "https://[::ffff:10.0.0.1]/a.jpg",
     "https://[fe80::1%25eth0]/a.jpg", "https://intranet/a.jpg", "https://nas.local/a.jpg", "https://x.internal/a.jpg",
     "https://metadata.google.internal/a.jpg", "https://router.lan/a.jpg", "https://x.onion/a.jpg",
     "https://u:p@acme.dev/a.jpg", "https://u@acme.dev/a.jpg", "https://acme.dev:8080/a.jpg", "https://acme.dev:x/a.jpg",
     "https://acme dev/a.jpg", "https://acme.dev/a b.jpg", "https://acme..dev/a.jpg", "https://-acme.dev/a.jpg",
     "https://acme.dev\\@10.0.0.1/a.jpg", "https://[::1/a.jpg", "javascript:alert(1)", "data:image/png;base64,AA"],
)  # fmt: skip
def test_an_address_inside_somebodys_network_is_refused(url: str) -> None:
    assert public_problem(url) is not None


@given(st.text())
def test_no_address_is_too_strange_to_be_judged(text: str) -> None:
    public_problem(f"https://{text}")
    public_problem(text)
