"""`publisher split`: a long text becomes a chain, shown first and written when asked."""

from pathlib import Path

from tests.cli.calling import repository

LONG = "# why\ntext: |-\n  " + "A sentence of some length stands here. " * 20 + "\n"


def test_a_long_text_is_shown_as_a_chain_and_not_written(tmp_path: Path) -> None:
    caller = repository(tmp_path, long=LONG)
    called = caller("split", "posts/long.yaml")
    assert called.code == 0
    assert "+thread:" in called.out
    assert (tmp_path / "posts/long.yaml").read_text() == LONG


def test_what_was_written_is_valid(tmp_path: Path) -> None:
    caller = repository(tmp_path, long=LONG)
    assert caller("split", "posts/long.yaml", "--write").out == "posts/long.yaml: now 2 parts\n"
    assert caller("validate").code == 0
    assert (tmp_path / "posts/long.yaml").read_text().startswith("# why\n")


def test_a_text_that_fits_stays(tmp_path: Path) -> None:
    called = repository(tmp_path, short="text: Hello\n")("split", "posts/short.yaml", "--write")
    assert (called.code, called.out) == (0, "posts/short.yaml: every text fits into its post\n")


def test_a_file_without_text_is_said_to_stay(tmp_path: Path) -> None:
    called = repository(tmp_path, none="media: []\n")("split", "posts/none.yaml")
    assert called.code == 3
    assert "it has no text" in called.err


def test_a_ghost_post_is_not_made_a_chain_and_stays_as_it_is(tmp_path: Path) -> None:
    source = f"{LONG}ghost: true\n"
    caller = repository(tmp_path, ghost=source)
    called = caller("split", "posts/ghost.yaml", "--write")
    assert called.code == 3
    assert "a chain cannot have ghost" in called.err
    assert (tmp_path / "posts/ghost.yaml").read_text() == source
