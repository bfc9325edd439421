"""What an error of the client means for a run: again later, this post never, or nothing more at all."""

import json

import pytest

from publisher.errors import NeedsPerson, NotAllowed, PublisherError, TryAgain
from publisher.publishing.problem import Problem, Reaction, read_error
from publisher.threads_api.errors import (
    BadAnswer,
    InvalidParameter,
    NoAnswer,
    NotSent,
    RateLimited,
    ThreadsError,
    error_from,
)
from publisher.threads_api.messages import Response

RETRY, REFUSED, STOP = Reaction.RETRY, Reaction.REFUSED, Reaction.STOP


def said(code: int, subcode: int | None = None, *, status: int = 400, transient: bool = False) -> ThreadsError:
    envelope = {"message": "No", "code": code, "error_subcode": subcode, "is_transient": transient, "fbtrace_id": "T"}
    return error_from(Response(status, json.dumps({"error": envelope}).encode()))


@pytest.mark.parametrize(
    ("error", "reaction", "code", "exit_code"),
    [
        (NotSent("no route"), RETRY, "E706", 5),
        (NoAnswer("reset"), RETRY, "E706", 5),
        (BadAnswer("no JSON", Response(200, b"<html>")), RETRY, "E706", 5),
        (said(190), STOP, "E602", 6),
        (said(190, 463), STOP, "E602", 6),
        (said(10), STOP, "E604", 6),
        (said(368), STOP, "E709", 6),
        (said(4, status=429), RETRY, "E708", 5),
        (said(1), RETRY, "E706", 5),
        (said(2, status=500), RETRY, "E706", 5),
        (said(100, transient=True), RETRY, "E706", 5),
        (said(100), REFUSED, "E704", 1),
        (said(100, status=500), REFUSED, "E704", 1),  # the status class decides nothing
        (said(100, 4279047), REFUSED, "E710", 1),
        (said(100, 2207052), REFUSED, "E711", 1),
        (InvalidParameter("no id"), REFUSED, "E704", 1),
    ],
)
def test_each_error_has_its_reaction_code_and_exit(
    error: ThreadsError, reaction: Reaction, code: str, exit_code: int
) -> None:
    how, problem = read_error(error, "making the container")
    assert (how, problem.code, problem.exit_code) == (reaction, code, exit_code)
    assert problem.message == f"making the container: {error}"
    assert problem.fix


def test_a_limit_has_its_own_class() -> None:
    assert isinstance(said(4, status=429), RateLimited)


def test_a_problem_of_the_api_names_its_numbers_for_scripts() -> None:
    _, problem = read_error(said(100, 4279047), "making the container")
    assert problem.as_json() == {
        "code": "E710",
        "message": problem.message,
        "fix": problem.fix,
        "api_code": 100,
        "api_subcode": 4279047,
        "trace_id": "T",
    }


@pytest.mark.parametrize(("exit_code", "kind"), [(1, PublisherError), (4, NeedsPerson), (5, TryAgain), (6, NotAllowed)])
def test_a_problem_that_ends_the_run_keeps_its_exit_code(exit_code: int, kind: type[PublisherError]) -> None:
    problem = Problem("E706", "no", "run again", exit_code, why="because")
    error = problem.as_error()
    assert type(error) is kind
    assert Problem.of(error) == problem
