"""Nothing leads out of a content repository: not a link, not a dot, not a device."""

import contextlib
import os
import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

import pytest

from publisher import repository
from publisher.content.findings import Finding
from publisher.errors import InvalidContent
from publisher.repository import NotUsable, Repository, find_root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "posts" / "media").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("secret")
    (root / "publisher.yaml").write_text("version: 1\n")
    (root / "posts" / "media" / "cat.jpg").write_bytes(b"cat")
    (tmp_path / "outside.txt").write_text("secret")
    return root


def test_an_ordinary_file_is_opened(root: Path) -> None:
    with Repository(root).open("posts/media/cat.jpg") as file:
        assert file.read() == b"cat"


@pytest.mark.parametrize(
    "path",
    [
        "../outside.txt",
        "posts/../../outside.txt",
        "/etc/passwd",
        "posts//media/cat.jpg",
        "./posts/media/cat.jpg",
        "posts/media/cat.jpg\x00.png",
        ".git/config",
        ".GIT/config",
        "posts",
        "posts/media/dog.jpg",
        "posts/media/cat.jpg/x",
        "",
    ],
)
def test_anything_else_is_refused(root: Path, path: str) -> None:
    with pytest.raises(NotUsable):
        Repository(root).open(path)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("posts/media/cat2.jpg", "../../../outside.txt"),
        ("posts/media/cat2.jpg", "/proc/self/environ"),
        ("posts/media/cat2.jpg", "cat.jpg"),
        ("posts/other/cat.jpg", None),
    ],
)
def test_no_component_may_be_a_link_wherever_it_leads(root: Path, link: str, target: str | None) -> None:
    if target is None:
        (root / "posts" / "other").symlink_to("media")
    else:
        (root / link).symlink_to(target)
    with pytest.raises(NotUsable, match="link"):
        Repository(root).open(link)


def test_a_pipe_is_refused_without_waiting_for_a_writer(root: Path) -> None:
    os.mkfifo(root / "posts" / "media" / "pipe.jpg")
    with pytest.raises(NotUsable, match="no ordinary file"):
        Repository(root).open("posts/media/pipe.jpg")


def test_post_files_are_found_in_order_and_what_is_none_of_them_is_said(root: Path) -> None:
    posts = root / "posts"
    (posts / "b.yaml").write_text("text: b\n")
    (posts / "a.yml").write_text("text: a\n")
    (posts / "deep").mkdir()
    (posts / "deep" / "c.yaml").write_text("text: c\n")
    (posts / "folder.yaml").mkdir()
    (posts / "link.yaml").symlink_to("b.yaml")
    (posts / "linked").symlink_to("deep")
    (posts / "readme.md").write_text("no post")
    os.mkfifo(posts / "pipe.yaml")
    (posts / os.fsdecode(b"\xff.yaml")).write_text("text: x\n")
    found = {source.path: source.data for source in Repository(root).sources("posts")}
    assert [path for path, data in found.items() if isinstance(data, bytes)] == [
        "posts/a.yml",
        "posts/b.yaml",
        "posts/deep/c.yaml",
    ]
    refused = {path: data.message for path, data in found.items() if isinstance(data, Finding)}
    assert refused.keys() == {
        "posts/\\xff.yaml",
        "posts/folder.yaml",
        "posts/link.yaml",
        "posts/linked",
        "posts/pipe.yaml",
    }


def test_no_name_in_the_folder_stops_the_search(root: Path) -> None:
    posts = root / "posts"
    (posts / "a.yaml").write_text("text: a\n")
    (posts / "circle").symlink_to("circle")
    (posts / "circle.yaml").symlink_to("circle.yaml")
    (posts / "dangling").symlink_to("nowhere")
    strange = posts / os.fsdecode(b"\xff")
    strange.mkdir()
    (strange / "b.yaml").write_text("text: b\n")
    (posts / ".git").mkdir()
    (posts / ".git" / "c.yaml").write_text("text: c\n")
    found = {source.path: source.data for source in Repository(root).sources("posts")}
    assert isinstance(found.pop("posts/a.yaml"), bytes)
    refused = {path: data.message for path, data in found.items() if isinstance(data, Finding)}
    assert refused == {
        "posts/\\xff": "\\xff has a name that is not UTF-8",
        "posts/circle.yaml": "circle.yaml is a link; links are not followed",
    }


def test_a_file_that_may_not_be_read_is_a_finding(root: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything; run as another user to see this")
    (root / "posts" / "a.yaml").write_text("text: a\n")
    (root / "posts" / "a.yaml").chmod(0)
    (source,) = Repository(root).sources("posts")
    assert isinstance(source.data, Finding)


@pytest.mark.parametrize(("times", "read"), [(0, b"text: "), (1, b"text: a"), (2, b"text: aa"), (3, None)])
def test_a_file_that_changes_while_it_is_read_is_read_again_and_never_taken_by_halves(
    root: Path, monkeypatch: pytest.MonkeyPatch, times: int, read: bytes | None
) -> None:
    post = root / "posts" / "a.yaml"
    post.write_text("text: ")
    left = iter(range(times))
    plain = repository._read_up_to

    def written_to(file: int, limit: int, size: int) -> bytes:
        data = plain(file, limit, size)
        if next(left, None) is not None:
            post.write_text(post.read_text() + "a")
        return data

    monkeypatch.setattr(repository, "_read_up_to", written_to)
    (source,) = Repository(root).sources("posts")
    if read is not None:
        assert source.data == read
        return
    assert isinstance(source.data, Finding)
    assert (source.data.code, source.data.message) == ("E110", "a.yaml changes while it is read")


def test_settings_that_change_while_they_are_read_are_not_taken_either(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = repository._read_up_to

    def written_to(file: int, limit: int, size: int) -> bytes:
        data = plain(file, limit, size)
        (root / "publisher.yaml").write_bytes(data + b"#")
        return data

    monkeypatch.setattr(repository, "_read_up_to", written_to)
    with pytest.raises(NotUsable, match="changes while it is read"):
        Repository(root).read("publisher.yaml", 1000)


def test_the_root_is_the_nearest_folder_with_a_publisher_yaml(root: Path, tmp_path: Path) -> None:
    assert find_root(root / "posts" / "media") == root
    with pytest.raises(InvalidContent, match=r"publisher\.yaml"):
        find_root(tmp_path)


def test_settings_under_a_near_name_are_told_their_right_one(tmp_path: Path) -> None:
    (tmp_path / "publisher.yml").write_text("version: 1\n")
    with pytest.raises(InvalidContent) as caught:
        find_root(tmp_path)
    assert caught.value.fix == "rename publisher.yml to publisher.yaml"


def test_the_files_of_a_folder_are_read_with_one_way_down_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "posts" / "2026" / "december"
    folder.mkdir(parents=True)
    for number in range(50):
        (folder / f"{number}.yaml").write_bytes(b"text: out\n")
    opened = []
    plain = os.open

    def counted(name: Any, *rest: Any, **more: Any) -> int:
        opened.append(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(os, "open", counted)
    files = Repository(tmp_path).post_files("posts")
    assert len(opened) == len(way := ("root", "posts", "2026", "december"))
    assert len(tuple(Repository(tmp_path).sources_of("posts", files))) == 50
    assert len(opened) == len(way) + 50 + len(way)


@pytest.mark.parametrize("folder", ["posts", "social/posts"])
@pytest.mark.parametrize("leads_to", ["/", "outside", "empty", "publisher/posts", "nowhere"])
def test_a_posts_folder_behind_a_link_is_a_finding_and_nothing_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, leads_to: str
) -> None:
    root = tmp_path / "repository"
    for made in ("outside/posts", "empty/posts", "repository/publisher/posts/posts"):
        (tmp_path / made).mkdir(parents=True)
    (tmp_path / "outside" / "secret.yaml").write_text("text: secret\n")
    (tmp_path / "outside" / "posts" / "secret.yaml").write_text("text: secret\n")
    (root / folder.partition("/")[0]).symlink_to(
        root / leads_to if leads_to == "publisher/posts" else tmp_path / leads_to
    )

    def looked_at(*_: object) -> NoReturn:
        raise AssertionError("a folder was listed")

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", looked_at)
        (source,) = Repository(root).sources(folder)
    assert isinstance(source.data, Finding)
    assert (source.path, source.data.code) == (folder, "E110")
    assert source.data.message == "posts is, or lies behind, a link; links are not followed"


def test_a_folder_that_becomes_a_link_while_the_one_around_it_is_listed_is_not_entered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text("text: secret\n")
    (root / "posts" / "media").rename(root / "posts" / "inner")
    plain = os.scandir

    def swapped(folder: Any) -> Any:
        entries = list(plain(folder))
        with contextlib.suppress(OSError):
            (root / "posts" / "inner").rename(root / "posts" / "before")
            (root / "posts" / "inner").symlink_to(outside)
        return entries

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", swapped)
        (source,) = Repository(root).sources("posts")
    assert isinstance(source.data, Finding)
    assert source.data.message == "inner is, or lies behind, a link; links are not followed"


def test_no_posts_folder_is_no_post(root: Path) -> None:
    assert list(Repository(root).sources("elsewhere/posts")) == []


def test_a_name_that_the_locale_cannot_write_is_told(root: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from publisher.repository import NotUsable, Repository\n"
        "try: Repository(Path(sys.argv[1])).open('posts/caf\\xe9.jpg')\n"
        "except NotUsable as error: print(error.reason)"
    )
    one_script = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    called = subprocess.run(
        [sys.executable, "-c", code, str(root)], env={**os.environ, **one_script}, capture_output=True, text=True
    )
    assert called.stdout.startswith("has a name that cannot be written in this locale"), called.stderr


def test_folders_nested_deeper_than_files_may_be_open_are_a_finding_and_leave_none_open(root: Path) -> None:
    (root / "posts" / "a.yaml").write_text("text: a\n")
    (root / "posts" / "/".join("d" * 150)).mkdir(parents=True)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = len(os.listdir("/dev/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + 100, before[1]))
    try:
        first, deep = Repository(root).sources("posts")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert isinstance(first.data, bytes)
    assert isinstance(deep.data, Finding)
    assert deep.data.message == "d too many open files"
    assert len(os.listdir("/dev/fd")) == opened


def test_what_is_written_stays_inside(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / "linked").symlink_to(outside)
    (root / "posts" / "dangling.yaml").symlink_to(outside / "new.yaml")
    (root / "posts" / "picture.jpg").symlink_to(outside / "new.jpg")
    repository = Repository(root)
    with pytest.raises(NotUsable, match="link"):
        repository.make_folder("linked/posts")
    with pytest.raises(NotUsable, match="link"):
        repository.create("linked/new.yaml", b"text: x\n")
    with pytest.raises(FileExistsError):
        repository.create("posts/dangling.yaml", b"text: x\n")
    repository.take_in("posts/picture.jpg", BytesIO(b"picture"))
    assert list(outside.iterdir()) == []
    assert repository.read("posts/picture.jpg", 100) == b"picture"
