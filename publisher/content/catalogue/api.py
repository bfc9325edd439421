"""Codes 7xx: Threads, and what a run met there."""

from publisher.content.catalogue.entry import Entry

_IN_DOUBT = "a post seen cannot be unseen: what is not known is asked for, never guessed"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E700",
        "the account is locked by another run",
        "two runs at a time would publish beside each other",
        "wait for it; if it died, publisher state unlock",
    ),
    Entry("E701", "the outcome of a publish call is unknown", _IN_DOUBT, "run again, or look now: publisher reconcile"),
    Entry(
        "E702",
        "somebody else has written the state meanwhile",
        "writing over it would lose what it says is live",
        "run again",
    ),
    Entry(
        "E703",
        "this checkout is not the newest one",
        "an old job that is run again would decide by old files",
        "check out the tip of the branch, then run again",
    ),
    Entry(
        "E704", "Threads refuses the post", "asking again would be refused again", "change the file as the message says"
    ),
    Entry(
        "E705",
        "Threads could not use the media",
        "a container that ended in an error never heals",
        "mend or replace the file, then run again",
    ),
    Entry("E706", "a temporary failure", "everything that was reached is recorded", "run again"),
    Entry(
        "E707",
        "a post that says the same is live, and no record knows it",
        "a lost or rewound state looks just like this",
        "publisher reconcile --adopt ID=MEDIA_ID",
    ),
    Entry("E708", "Threads asks for patience", "hammering makes it last longer", "run again later"),
    Entry(
        "E709",
        "Meta has restricted the account",
        "trying on would make it worse",
        "see in the Threads app what is asked of the account",
    ),
    Entry(
        "E710",
        "Threads refuses the link card",
        "the page is too new, redirects, or cannot be previewed; a card is never dropped silently",
        "remove link: from the post, or take another page",
    ),
    Entry(
        "E711",
        "Threads could not fetch the media",
        "it downloads every picture and video itself, without credentials",
        "make the address answer an anonymous GET",
    ),
    Entry(
        "E712",
        "the quota of 24 hours is used up",
        "Threads takes 250 posts and 1,000 replies a day; a chain is never left half published for it",
        "run again when the window has moved on",
    ),
    Entry("E713", "a post the run did not come to", "the run ended before", "run again"),
    Entry(
        "E714",
        "a post is live, but its id is not known",
        "taking the newest post for it could bind a wrong one",
        "publisher reconcile --adopt ID=MEDIA_ID",
    ),
    Entry(
        "E715",
        "a post is parked",
        "nothing that can be observed decides whether it is live",
        "publisher reconcile --adopt ID=MEDIA_ID, or --forget ID; for a chain also --resume ID, --abandon ID",
    ),
    Entry(
        "E716",
        "a post waits for a person",
        "sending it now might not be what its author wants",
        "change the post file as the reason says",
    ),
    Entry("W717", "a post waits for another one", "what it points at is not live yet", "nothing: a later run sends it"),
    Entry(
        "W718",
        "a post waits until another's outcome is known",
        "no new attempt is begun beside an open one",
        "run again",
    ),
)
