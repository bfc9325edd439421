"""What the rules of one file share: whom they may ask, and what they have found so far."""

from dataclasses import dataclass, field

from publisher.content.document import Document
from publisher.content.findings import Finding
from publisher.content.hosts import may_mislead
from publisher.content.look import Files
from publisher.content.secrets import may_hold_secret
from publisher.settings import Rules


@dataclass(slots=True)
class Inquiry:
    """One file under the eyes of its rules."""

    files: Files
    rules: Rules
    account: str  # the name of the file's account
    closely: bool  # False: nothing in the file is other than it looks
    findings: list[Finding] = field(default_factory=list)


def wants_a_closer_look(document: Document) -> bool:
    """Whether anything in the file may not be as it looks; a cheap question, never wrong when it says no."""
    source = document.source
    return (
        document.strange
        or not document.straight  # with escapes its texts hold what does not stand in the file
        or ("@" in source and not source.isascii())
        or may_mislead(source)
        or may_hold_secret(source)
    )
