"""What is said of a file that is no YAML: the mistake by its name, and a remedy that can be obeyed."""

import pytest

from publisher.content.document import Document
from publisher.content.findings import Finding
from publisher.content.parsing import parse


def _finding(source: str) -> Finding:
    found = parse("posts/a.yaml", source.encode())
    assert isinstance(found, tuple)
    (finding,) = found
    return finding


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"Fast" is the new slow', '"Fast" is the new slow'),
        ("'Fast' is 'slow'", "'Fast' is 'slow'"),
        ('"Fast" and "slow"', '"Fast" and "slow"'),
        ('"a": b', '"a": b'),
        ("'It's here'", "It's here"),
        ('"Fast is "the" new slow"', 'Fast is "the" new slow'),
        ("| said he", "said he"),
        ("[a, b]]", "[a, b]]"),
        ("[sic] he said", "[sic] he said"),
    ],
)
def test_whoever_writes_the_block_that_is_offered_posts_the_whole_text(written: str, meant: str) -> None:
    finding = _finding(f"text: {written}\n")
    document = parse("posts/a.yaml", finding.fix.partition(":\n")[2].encode())
    assert isinstance(document, Document)
    assert document.data == {"text": meant}


@pytest.mark.parametrize(
    ("source", "message", "fix"),
    [
        ("text: a\ntopic:news\n", 'a space is missing after the colon of "topic"', "write topic: news"),
        ("topic:news\ntext: a\n", 'a space is missing after the colon of "topic"', "write topic: news"),
        ("media:\n  - file: a.jpg\n    alt:b\n", 'a space is missing after the colon of "alt"', "write alt: b"),
        ("media:\n  - file:a.jpg\n    alt: b\n", 'a space is missing after the colon of "file"', "write file: a.jpg"),
        ("text: a\nhttps://acme.dev\n", "this line is neither a key with a colon", "indent the text"),
        (
            "poll: [Yes #1, No]\ntext: a\n",
            "this # begins a comment, and the ] behind",
            'put the word in quotes: "Yes #1"',
        ),
        ("text: a\npoll: [Yes, No #2]", "this # begins a comment, and the ] behind", 'put the word in quotes: "No #2"'),
        ("poll: [#yes, no]\n", "this # begins a comment, and the ] behind", 'put the word in quotes: "#yes"'),
        ('poll: ["a #1", "b]" #2, c]\n', "this # begins a comment, and the ] behind", "put the word in quotes: "),
        ("poll: [a, # ours\n  b\ntext: c\n", "the list or text that begins with [ is not closed", "close it with ]"),
        ('poll: ["a #1]", b\ntext: c #]\n', "the list or text that begins with [ is not closed", "close it with ]"),
        ("poll: [a, b]]\ntext: c\n", "this ] closes nothing", "delete it"),
        ("poll: [a,\n  b]]\n", "this ] closes nothing", "delete it"),
        ("media: [{file: a.jpg}}]\n", "this } closes nothing", "delete it"),
        ("media:\n  - {file: a.jpg}}\n", "this } closes nothing", "delete it"),
        ("media: [{file: a.jpg]\n", "the list or text that begins with { is not closed", "close it with }"),
        ("poll: [a, b] c\n", "nothing can follow the ] that closes the value of poll", "delete it, or"),
        (
            'poll:\n  - "Yes" or no\n  - b\n',
            'the text goes on after the closing quote "',
            "put it in quotes: '\"Yes\" or no'",
        ),
    ],
)
def test_a_mistake_is_called_by_its_name(source: str, message: str, fix: str) -> None:
    finding = _finding(source)
    assert finding.code == "E100"
    assert finding.message.startswith(message)
    assert finding.fix.startswith(fix)
