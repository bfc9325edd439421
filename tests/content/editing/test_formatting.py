"""`format_post`: one style, in which every value and every comment is what it was."""

from hypothesis import HealthCheck, given, settings

from publisher.content.document import Document
from publisher.content.editing.formatting import Formatted, format_post
from publisher.content.parsing import parse
from tests.content.editing.written import Written, sound, written_posts

_POSTS = written_posts().filter(sound)
many = settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def _formatted(data: bytes) -> Formatted:
    formatted = format_post("posts/a.yaml", data)
    assert isinstance(formatted, Formatted)
    return formatted


@many
@given(_POSTS)
def test_no_value_is_another_afterwards(written: Written) -> None:
    after = parse("posts/a.yaml", _formatted(written.data).data)
    assert isinstance(after, Document)
    assert after.data == written.document.data


@many
@given(_POSTS)
def test_every_comment_is_still_there_once(written: Written) -> None:
    text = _formatted(written.data).data.decode()
    assert [text.count(comment) for comment in written.comments] == [1] * len(written.comments)


@many
@given(_POSTS)
def test_formatting_twice_is_formatting_once(written: Written) -> None:
    once = _formatted(written.data).data
    assert _formatted(once).data == once


@many
@given(_POSTS)
def test_nothing_that_is_written_this_way_needs_to_be_left_alone(written: Written) -> None:
    assert _formatted(written.data).left_because == ""


def test_a_file_that_would_say_something_else_stays_as_it_is() -> None:
    strange = b"text:\n\n ?\n"  # a key that is nothing: no line of ours can say it
    formatted = _formatted(strange)
    assert (formatted.data, formatted.left_because) == (strange, "a value would change")
