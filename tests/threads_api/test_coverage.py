"""Client, sandbox, tests and guide cover all that Meta documents, and the page that says so is up to date."""

from tests.threads_api.coverage.table import (
    COMMAND,
    PAGE,
    of_the_client,
    of_the_sandbox,
    page,
    reference,
    rows,
    whole_table,
)

THREADS = "POST /{user}/threads"


def test_every_documented_endpoint_and_parameter_is_in_client_sandbox_tests_and_guide() -> None:
    missing = {f"{row.endpoint} {row.parameter}".strip(): row.missing() for row in whole_table() if row.missing()}
    assert missing == {}


def test_the_page_is_what_the_code_says_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(whole_table()), f"run {COMMAND}"


def test_the_sandbox_has_no_endpoint_that_is_not_documented() -> None:
    assert of_the_sandbox().keys() - reference().keys() == set()


def test_the_client_sends_no_parameter_that_is_not_documented() -> None:
    documented = reference()
    sent = {(endpoint, name) for endpoint, names in of_the_client().items() for name in names}
    assert {(endpoint, name) for endpoint, name in sent if name not in documented.get(endpoint, ())} == set()


def test_a_parameter_that_meta_adds_is_missing_everywhere() -> None:
    documented = {**reference(), THREADS: reference()[THREADS] | {"cover_of_tomorrow"}}
    (row,) = (row for row in rows(documented, of_the_client(), of_the_sandbox()) if row.missing())
    assert (row.parameter, row.missing()) == ("cover_of_tomorrow", ("client", "sandbox", "test", "doc"))
    assert "**missing**" in page([row])


def test_an_endpoint_that_the_client_or_the_sandbox_loses_is_missed() -> None:
    less = {endpoint: names for endpoint, names in of_the_client().items() if endpoint != "GET /oembed"}
    lost = [row for row in rows(reference(), less, of_the_sandbox()) if row.missing() == ("client",)]
    assert [row.parameter for row in lost] == ["", "maxwidth", "url"]
