"""A repository of post files as a whole: what becomes a post, what is broken, and which rules and accounts apply."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.content.findings import START, Finding
from publisher.content.look import nothing_to_read
from publisher.content.media_rules import ITEM_KEYS
from publisher.content.post import Kind, MediaItem, Part, Post, Reference
from publisher.content.schema import load_schema
from publisher.content.validate import Broken, Checked, Context, Source, check_posts, gather, together
from publisher.settings import AccountSettings, Rules
from tests.cli.calling import repository
from tests.content.looks import PICTURE, look
from tests.flow.desk import png

ACME = AccountSettings("acme", timezone="Europe/Berlin")
TWO = (AccountSettings("press", posts="posts/press"), AccountSettings("blog", posts="posts/blog"))


def check(
    files: dict[str, str], *, accounts: tuple[AccountSettings, ...] = (ACME,), rules: Rules | None = None
) -> Checked:
    sources = [Source(path, text.encode()) for path, text in files.items()]
    return check_posts(sources, Context(accounts, rules or Rules()), look)


def codes(checked: Checked) -> list[str]:
    return [finding.code for finding in checked.findings]


def post(text: str) -> Post:
    checked = check({"posts/launch.yaml": text})
    assert checked.findings == ()
    return checked.posts[0]


def test_a_file_becomes_a_post_with_all_it_says() -> None:
    assert post(
        "text: Doors open\nid: doors\ndraft: true\nnote: hm\npublish_at: 2026-12-01T09:00\n"
        "publish_by: 2026-12-01T09:00Z\nif_late: skip\nallow_repeat: true\ntopic: Open Source\n"
        "link: https://acme.dev\nquote: 18050000000000002\nreply_control: mentioned_only\n"
    ) == Post(
        id="doors",
        path="posts/launch.yaml",
        account="acme",
        parts=(
            Part(
                1,
                text="Doors open",
                link="https://acme.dev",
                topic="Open Source",
                quote=Reference("media_id", "18050000000000002"),
                reply_control="mentioned_only",
            ),
        ),
        draft=True,
        note="hm",
        publish_at=datetime(2026, 12, 1, 8, tzinfo=UTC),
        publish_by=datetime(2026, 12, 1, 9, tzinfo=UTC),
        if_late="skip",
        allow_repeat=True,
    )


def test_media_are_named_from_the_root_of_the_repository_and_by_their_bytes() -> None:
    (part,) = post("media:\n  - file: ../shared/cat.jpg\n    alt: A cat asleep\n").parts
    assert part.media == (MediaItem("image", "shared/cat.jpg", None, "A cat asleep", sha256=PICTURE.sha256),)
    assert part.media[0].size == PICTURE.size
    assert part.kind is Kind.IMAGE


def test_a_video_is_one_by_its_bytes() -> None:
    assert post("media:\n  - file: clip.mp4\n    decorative: true\n").kind is Kind.VIDEO


def test_a_medium_by_address_is_passed_on_with_a_warning() -> None:
    checked = check({"posts/a.yaml": "media:\n  - url: https://media.acme.dev/a/tour.mp4?x=1\n    alt: A tour\n"})
    assert codes(checked) == ["W330"]
    assert checked.posts[0].parts[0].media == (
        MediaItem("video", None, "https://media.acme.dev/a/tour.mp4?x=1", "A tour"),
    )


def test_a_chain_counts_every_part_by_itself() -> None:
    chain = post("text: é\nthread:\n  - text: 🎉\n  - media:\n      - file: cat.jpg\n        alt: A cat asleep\n")
    assert chain.kind is Kind.CHAIN
    assert [(part.index, part.characters, part.bytes) for part in chain.parts] == [(1, 1, 2), (2, 4, 4), (3, 0, 0)]


def test_a_part_is_doubtful_between_500_characters_and_500_bytes() -> None:
    checked = check({"posts/a.yaml": f"text: {'a' * 499}’\n", "posts/b.yaml": f"text: {'a' * 500}\n"})
    assert [each.parts[0].doubtful for each in checked.posts] == [True, False]
    assert codes(checked) == ["W210"]


def test_the_id_is_the_stem_of_the_file_in_composed_form() -> None:
    checked = check({"posts/2026/gru\u0308\u00dfe.yaml": "text: hi\n"})
    assert [each.id for each in checked.posts] == ["gr\u00fc\u00dfe"]


def test_two_ways_to_write_a_letter_are_one_id() -> None:
    assert codes(check({"posts/a.yaml": "text: a\nid: gr\u00fcn\n", "posts/b.yaml": "text: b\nid: gru\u0308n\n"})) == [
        "E227",
        "E227",
    ]


def test_a_time_without_a_known_zone_is_never_taken_for_now() -> None:
    nowhere = (AccountSettings("acme", timezone="Europe/Nowhere"),)
    checked = check({"posts/a.yaml": "text: hi\npublish_at: 2026-12-01T09:00\n"}, accounts=nowhere)
    assert codes(checked) == ["E225"]
    assert check({"posts/a.yaml": "text: hi\n"}, accounts=nowhere).findings == ()


def test_a_text_arrives_as_it_was_written() -> None:
    assert post("text: |\n    one\n\n     two\t#x: &y\n").parts[0].text == "one\n\n two\t#x: &y\n"


def test_a_file_reference_becomes_the_id_of_its_post() -> None:
    checked = check({"posts/a.yaml": "text: one\nid: first\n", "posts/b/c.yaml": "text: two\nquote: ../a.yaml\n"})
    assert checked.posts[1].parts[0].quote == Reference("post", "first")


def test_a_reference_to_a_broken_file_is_one_to_its_id() -> None:
    checked = check({"posts/a.yaml": "txt: one\nid: first\n", "posts/b.yaml": "text: two\nquote: a.yaml\n"})
    assert [(each.id, list(each.references())) for each in checked.posts] == [("b", [Reference("post", "first")])]


def test_a_broken_file_keeps_the_id_that_can_be_seen() -> None:
    checked = check(
        {
            "posts/a.yaml": "id: first\ntext: [\n",
            "posts/b.yaml": 'text: @b\nid: "second"  # as ever\n',
            "posts/c.yaml": "text: @c\n",
            "posts/d.yaml": "id: fourth\ntxt: d\n",
        }
    )
    assert checked.broken == (
        Broken("posts/a.yaml", "first"),
        Broken("posts/b.yaml", "second"),
        Broken("posts/c.yaml", "c"),
        Broken("posts/d.yaml", "fourth"),
    )


def test_a_file_that_could_not_be_read_is_broken_with_its_finding() -> None:
    unreadable = Finding("E110", "posts/a.yaml", START, "it is a folder")
    checked = check_posts([Source("posts/a.yaml", unreadable)], Context((ACME,), Rules()), look)
    assert checked == Checked((), (unreadable,), (Broken("posts/a.yaml", "a"),))


def test_findings_of_all_files_come_by_path_and_place() -> None:
    checked = check({"posts/b.yaml": "text: hi\na: x\nb: x\n", "posts/a.yaml": "text: hi\nc: x\n"})
    assert [(finding.path, finding.place.line) for finding in checked.findings] == [
        ("posts/a.yaml", 2),
        ("posts/b.yaml", 2),
        ("posts/b.yaml", 3),
    ]


def test_a_warning_does_not_break_a_post() -> None:
    checked = check({"posts/a.yaml": "text: Ship it #friday\n"})
    assert codes(checked) == ["W101"]
    assert len(checked.posts) == 1


def test_what_an_item_may_hold_is_what_the_schema_says() -> None:
    assert tuple(load_schema("post")["definitions"]["media_item"]["properties"]) == ITEM_KEYS


@pytest.mark.parametrize(("rule", "expected"), [("error", ["E305"]), ("warn", ["W305"]), ("off", [])])
def test_alt_text_is_demanded_as_the_rules_say(rule: str, expected: list[str]) -> None:
    rules = Rules(alt_text=rule)  # type: ignore[arg-type]
    assert codes(check({"posts/a.yaml": "media:\n  - file: cat.jpg\n"}, rules=rules)) == expected


@pytest.mark.parametrize(("limit", "expected"), [("characters", ["W210"]), ("bytes", ["E211"])])
def test_bytes_are_a_limit_only_when_the_rules_say_so(limit: str, expected: list[str]) -> None:
    rules = Rules(text_limit=limit)  # type: ignore[arg-type]
    assert codes(check({"posts/a.yaml": f"text: {'a' * 499}’\n"}, rules=rules)) == expected


def test_a_line_end_too_many_is_told_how_to_go() -> None:
    (finding,) = check({"posts/a.yaml": f"text: |\n  {'a' * 500}\n"}).findings
    assert finding.fix == "write text: |- so that the line end after the last word does not count"
    (finding,) = check({"posts/a.yaml": f"text: |\n  {'a' * 510}\n"}).findings
    assert finding.fix == "shorten it by 11, or make it a chain: publisher split posts/a.yaml"


def test_a_long_part_of_a_chain_is_told_of_the_command_that_cuts_it() -> None:
    (finding,) = check({"posts/a.yaml": f"text: a\nthread:\n  - text: {'a' * 1510}\n"}).findings
    assert finding.fix == "shorten it by 1,010, or make parts of it: publisher split posts/a.yaml"


def test_a_text_full_of_emoji_is_told_what_they_cost() -> None:
    (finding,) = check({"posts/a.yaml": f"text: {'🎉' * 126}\n"}).findings
    assert finding.message == "the text has 504 characters; Threads takes 500"
    assert finding.why == "a reader sees 126, but an emoji counts as its bytes"


def test_a_folder_says_which_account_posts() -> None:
    checked = check({"posts/press/a.yaml": "text: hi\n", "posts/blog/a.yaml": "text: hi\n"}, accounts=TWO)
    assert checked.findings == ()
    assert [each.account for each in checked.posts] == ["blog", "press"]


def test_an_account_cannot_be_named_from_the_folder_of_another() -> None:
    checked = check({"posts/blog/a.yaml": "text: hi\naccount: press\n"}, accounts=TWO)
    assert [(finding.code, finding.message) for finding in checked.findings] == [
        ("E250", "this folder belongs to the account blog, not to press")
    ]


def test_a_file_of_a_shared_folder_names_its_account() -> None:
    shared = (AccountSettings("press"), AccountSettings("blog"))
    assert codes(check({"posts/a.yaml": "text: hi\n"}, accounts=shared)) == ["E249"]
    assert check({"posts/a.yaml": "text: hi\naccount: blog\n"}, accounts=shared).posts[0].account == "blog"


def test_a_post_cannot_wait_for_one_of_another_account() -> None:
    checked = check(
        {"posts/press/a.yaml": "text: hi\n", "posts/blog/b.yaml": "text: ho\nquote: ../press/a.yaml\n"}, accounts=TWO
    )
    assert codes(checked) == ["E239"]
    assert [each.id for each in checked.posts] == ["a"]


def test_no_secret_is_repeated_in_a_finding() -> None:
    secret = "ghp_" + "x" * 36
    checked = check({"posts/a.yaml": f"text: {secret}\nlink: https://user:{secret}@acme.dev\n"})
    assert secret not in " ".join(f"{each.message} {each.why} {each.fix}" for each in checked.findings)


def test_a_long_row_of_posts_that_quote_each_other_is_no_ring() -> None:
    files = {f"posts/p{n}.yaml": f"text: hi\nquote: p{n + 1}.yaml\n" for n in range(2_000)}
    checked = check({**files, "posts/p2000.yaml": "text: the first\n"})
    assert checked.findings == ()
    assert len(checked.posts) == 2_001


def test_a_post_that_waits_for_a_ring_is_not_blamed_for_it() -> None:
    checked = check(
        {
            "posts/a.yaml": "text: a\nquote: b\n",
            "posts/b.yaml": "text: b\nquote: a\n",
            "posts/c.yaml": "text: c\nquote: a\n",
        }
    )
    assert [(finding.path, finding.code) for finding in checked.findings] == [
        ("posts/a.yaml", "E235"),
        ("posts/b.yaml", "E235"),
    ]
    assert "b → a → b" in checked.findings[1].message


def test_a_ring_is_found_though_another_account_has_a_post_of_the_same_id() -> None:
    checked = check(
        {
            "posts/press/a.yaml": "text: a\nquote: b\n",
            "posts/press/b.yaml": "text: b\nquote: a\n",
            "posts/blog/a.yaml": "text: another\n",
        },
        accounts=TWO,
    )
    assert [(finding.path, finding.code) for finding in checked.findings] == [
        ("posts/press/a.yaml", "E235"),
        ("posts/press/b.yaml", "E235"),
    ]


def test_a_file_with_other_errors_is_told_of_its_references_too() -> None:
    checked = check(
        {"posts/a.yaml": "text: Look\ntopik: x\nquote: nowhere.yaml\nthread:\n  - {text: on, quote: nobody}\n"}
    )
    assert codes(checked) == ["E203", "E233", "E234"]


@pytest.mark.parametrize(
    ("at", "written", "way"),
    [
        ("posts/en/two.yaml", "posts/en/one.yaml", "one.yaml"),
        ("posts/de/two.yaml", "posts/en/one.yaml", "../en/one.yaml"),
        ("posts/de/two.yaml", "/posts/en/one.yaml", "../en/one.yaml"),
        ("posts/de/two.yaml", "en/one.yaml", "../en/one.yaml"),
        ("posts/de/two.yaml", "../en/on.yaml", "../en/one.yaml"),
    ],
)
def test_the_way_to_a_post_file_is_suggested_as_the_file_has_to_write_it(at: str, written: str, way: str) -> None:
    known = {"posts/en/one.yaml": "text: one\n"}
    (finding,) = check({**known, at: f"text: two\nquote: {written}\n"}).findings
    assert finding.code == "E233"
    assert finding.fix == f"did you mean {way}? A path is relative to the file that it stands in"
    assert check({**known, at: f"text: two\nquote: {way}\n"}).findings == ()


@pytest.mark.parametrize("key", ["media: [{{file: {}, alt: A chart}}]", "attached_text: {{file: {}}}"])
def test_a_path_from_the_root_is_answered_with_the_way_from_the_post_file(key: str, tmp_path: Path) -> None:
    caller = repository(tmp_path, one=f"text: Look\n{key.format('posts/pics/a.png')}\n")
    told = caller("validate").out
    assert "posts/posts/pics/a.png does not exist" in told
    assert "relative to the post file" in told
    (tmp_path / "posts/pics").mkdir()
    (tmp_path / "posts/pics/a.png").write_bytes(b"a text" if "attached" in key else png(1))
    assert "did you mean pics/a.png?" in caller("validate").out
    caller.write("posts/one.yaml", f"text: Look\n{key.format('pics/a.png')}\n")
    assert caller("validate").code == 0


DATED = {"posts/2026/20261201.yaml": "text: one\n"}


@pytest.mark.parametrize("more", ["", "topik: x\n"])
def test_a_reference_in_digits_that_is_a_posts_id_is_answered_with_the_posts_file(more: str) -> None:
    checked = check({**DATED, "posts/two.yaml": f"text: two\nquote: 20261201\n{more}"})
    finding = checked.findings[0]
    assert (finding.code, finding.fix) == ("E238", "name its file: 2026/20261201.yaml")
    assert checked.broken == (Broken("posts/two.yaml", "two"),)
    mended = check({**DATED, "posts/two.yaml": "text: two\nquote: 2026/20261201.yaml\n"})
    assert mended.findings == ()
    assert mended.posts[1].parts[0].quote == Reference("post", "20261201")


def test_digits_that_are_no_posts_id_or_as_many_as_a_media_id_has_are_a_media_id() -> None:
    taken_over = {"posts/18050000000000002.yaml": "text: one\n"}  # its name says which post of Threads it is
    checked = check({**DATED, **taken_over, "posts/two.yaml": "text: two\nquote: 18050000000000002\n"})
    assert checked.findings == ()
    assert checked.posts[2].parts[0].quote == Reference("media_id", "18050000000000002")


def test_what_is_only_looked_at_is_told_of_digits_too() -> None:
    files = {**DATED, "posts/two.yaml": "text: two\nreply_to: 20261201\n"}
    sources = [Source(path, text.encode()) for path, text in files.items()]
    gathered = gather(sources, Context((ACME,), Rules()), look, nothing_to_read, light=True)
    assert codes(together([gathered])) == ["E238"]


def test_a_ghost_post_that_is_too_long_is_not_sent_to_split() -> None:
    (finding,) = check({"posts/a.yaml": f"text: {'a' * 503}\nghost: true\n"}).findings
    assert (finding.code, finding.fix) == ("E210", "shorten it by 3; a ghost post cannot be a chain")


def found_in(checked: Checked) -> list[tuple[str, str]]:
    return [(finding.path, finding.code) for finding in checked.findings]


def test_a_file_whose_name_is_an_ending_alone_has_no_id() -> None:
    assert found_in(check({"posts/.yaml": "text: hi\n"})) == [("posts/.yaml", "E226")]


def test_a_file_of_another_account_is_not_taken_for_ones_own_post_of_the_same_id() -> None:
    files = {
        "posts/blog/x.yaml": "text: of the blog\n",
        "posts/press/x.yaml": "text: of the press\n",
        "posts/press/p.yaml": "text: look\nquote: ../blog/x.yaml\n",
    }
    assert found_in(check(files, accounts=TWO)) == [("posts/press/p.yaml", "E239")]
    own = {**files, "posts/press/p.yaml": "text: look\nquote: x.yaml\n"}
    assert check(own, accounts=TWO).findings == ()


def test_a_post_that_names_anothers_file_of_its_own_id_does_not_wait_for_itself() -> None:
    files = {"posts/blog/x.yaml": "text: b\n", "posts/press/x.yaml": "text: p\nquote: ../blog/x.yaml\n"}
    assert found_in(check(files, accounts=TWO)) == [("posts/press/x.yaml", "E239")]


def test_a_mistake_in_one_account_says_nothing_of_the_same_id_in_another() -> None:
    files = {"posts/blog/x.yaml": "text: b\ntpic: y\n", "posts/press/x.yaml": "text: p\n"}
    assert found_in(check(files, accounts=TWO)) == [("posts/blog/x.yaml", "E203")]


def test_a_post_with_a_wrong_reference_is_of_its_account_all_the_same() -> None:
    files = {
        "posts/blog/x.yaml": "text: b\n",
        "posts/press/p.yaml": "text: look\nquote: x\n",
        "posts/press/x.yaml": "text: p\nquote: nothere\n",
    }
    assert found_in(check(files, accounts=TWO)) == [("posts/press/x.yaml", "E234")]


@pytest.mark.parametrize("written", ["café", "cafe\u0301", "café.yaml", "cafe\u0301.yaml"])
@pytest.mark.parametrize("stored", ["café", "cafe\u0301"])
def test_letters_may_be_taken_apart_in_a_reference_and_in_the_name_of_its_file(written: str, stored: str) -> None:
    files = {f"posts/{stored}.yaml": "text: hi\n", "posts/q.yaml": f"text: look\nquote: {written}\n"}
    checked = check(files)
    assert checked.findings == ()
    assert [target.value for post in checked.posts for target in post.references()] == ["café"]


def test_of_files_with_one_id_each_is_told_of_the_first_other_that_is_in_its_way() -> None:
    files = {f"posts/{account}/{n}/x.yaml": "text: hi\n" for account in ("blog", "press") for n in (1, 2, 3)}
    told = {finding.path: finding.message.rpartition(" ")[2] for finding in check(files, accounts=TWO).findings}
    assert told == {
        f"posts/{account}/{n}/x.yaml": f"posts/{account}/{2 if n == 1 else 1}/x.yaml"
        for account in ("blog", "press")
        for n in (1, 2, 3)
    }
