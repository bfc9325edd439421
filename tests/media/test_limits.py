"""What no file of the corpus can be: hundreds of megabytes, and too many files. Sparse, so that no disk is filled."""

from pathlib import Path

import pytest

from publisher import repository
from publisher.content.findings import Finding
from publisher.content.look import MediaProblem
from publisher.media import probe
from publisher.media.probe import Probe
from publisher.repository import Repository


@pytest.mark.parametrize(
    ("name", "head", "size"),
    [
        ("huge.png", b"\x89PNG\r\n\x1a\n", probe.MAX_IMAGE_FILE + 1),
        ("huge.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00", probe.MAX_VIDEO_FILE + 1),
    ],
)
def test_a_file_beyond_all_limits_is_refused_by_its_size(tmp_path: Path, name: str, head: bytes, size: int) -> None:
    with (tmp_path / name).open("wb") as file:
        file.write(head)
        file.truncate(size)
    problem = Probe(Repository(tmp_path))(name)
    assert isinstance(problem, MediaProblem)
    assert problem.code == "E304"


def test_a_folder_of_too_many_files_is_one_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "MAX_POST_FILES", 10)
    for number in range(11):
        (tmp_path / f"{number}.yaml").write_text("text: Hello\n")
    (source,) = Repository(tmp_path.parent).sources(tmp_path.name)
    assert isinstance(source.data, Finding)
    assert source.data.code == "E108"
    assert source.data.fix
