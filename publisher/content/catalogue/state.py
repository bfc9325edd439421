"""Codes 4xx: the state, its place, and refusals for safety."""

from publisher.content.catalogue.entry import Entry

_NOT_EMPTY = "a state that is missing or cannot be trusted is not an empty one: everything could be posted again"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "E400", "there is no state", _NOT_EMPTY, "publisher state init   begins one; --baseline for posts that are live"
    ),
    Entry(
        "E401", "the state cannot be read", _NOT_EMPTY, "restore its last good version, then: publisher state verify"
    ),
    Entry("E402", "the state does not match its checksum", _NOT_EMPTY, "restore its last good version"),
    Entry(
        "E403",
        "the state is of a newer format",
        "an older program would drop what a newer one recorded",
        "install the version that wrote it, or a newer one",
    ),
    Entry("E404", "the state was set back", _NOT_EMPTY, "restore the newer version that the message names"),
    Entry(
        "E405", "there is a state already", "beginning another one would forget what is live", "publisher state list"
    ),
    Entry("E406", "the state is another account's", _NOT_EMPTY, "mend state.path or account: in publisher.yaml"),
    Entry(
        "E407",
        "the state is of another endpoint",
        "ids of a sandbox mean nothing on the real Threads, and the other way round",
        "use another state.path, or the endpoint that the state names",
    ),
    Entry(
        "E408",
        "the state is of another lineage, or not the one that its journal leads to",
        _NOT_EMPTY,
        "restore the one that was used here",
    ),
    Entry("E410", "the state may not be written", "an intent that is not durable allows no publish", "grant it"),
    Entry("E411", "the state could not be written", "an intent that is not durable allows no publish", "run again"),
    Entry(
        "E412",
        "there can be no state at this place",
        "a file stands where a folder must be, a folder where a file must be, or the name is too long",
        "take away what is in the way, or give state.path another place",
    ),
    Entry(
        "E420",
        "more new posts than a run may send",
        "a lost state or a wrong folder looks just like this",
        "publisher publish --allow-new N, if all are meant",
    ),
    Entry("E421", "the plan has changed", "only what was reviewed is carried out", "review it again: publisher plan"),
    Entry(
        "E422",
        "more deletions than a run may make",
        "each part of a chain counts; what is deleted cannot be brought back",
        "publisher delete ID --allow-deletes N, if all are meant",
    ),
    Entry("E423", "publishing is paused", "PUBLISHER_PAUSE is set", "unset it, then run again"),
    Entry("E424", "no post or part of that name", "nothing was changed", "publisher state list"),
    Entry("E425", "the record says otherwise", "what is recorded as live stays so", "publisher state show ID"),
    Entry("E426", "Threads knows no such post", "only what is live can be adopted", "look the id up in the account"),
    Entry("E427", "the post is another account's", "only own posts can be adopted", "look the id up in the account"),
    Entry(
        "E428",
        "the container, the lists or the record say that it is live",
        "recorded as not live, it would be posted a second time, or never be known as ours",
        "publisher reconcile --adopt ID=MEDIA_ID",
    ),
    Entry(
        "E429",
        "a part was attempted, and its outcome is not known",
        "going on could leave a gap or make a double",
        "publisher reconcile --adopt ID#PART=MEDIA_ID, or --forget ID#PART",
    ),
    Entry(
        "E450",
        "what is to be adopted stands elsewhere",
        "a later part answers the part before it, which is live; a first part answers what its file says, or nothing",
        "take the id from: publisher status --remote; adopt the earlier parts first",
    ),
    Entry(
        "E451",
        "what is to be adopted says something else",
        "a part that is bound to another's post is never sent",
        "if it is the one all the same: publisher reconcile --adopt ID=MEDIA_ID --confirm MEDIA_ID",
    ),
    Entry("E430", "git cannot be used here", "the state branch is kept by git", "do as the message says"),
    Entry("E431", "the remote cannot be reached", "an intent that is not pushed allows no publish", "run again"),
    Entry("E432", "the remote does not let us", "the state branch must be pushed", "grant contents: write"),
    Entry("E433", "the state branch moved too often", "each write must follow the newest", "run again"),
    Entry("E434", "no name for a branch", "state.path names the branch", "mend state.path"),
    Entry(
        "E435",
        "the state would be forgotten with this runner",
        "a fresh runner would find no state and, once one is begun, post everything again",
        "state: {backend: branch} in publisher.yaml, or --allow-file-state where the disk stays",
    ),
    Entry(
        "E436",
        "the branch is none for a state",
        "content is merged, squashed and reverted; what is recorded must not go with it",
        "state: {backend: branch, path: publisher-state} in publisher.yaml",
    ),
    Entry("E440", "no such bucket for the state", _NOT_EMPTY, "mend state.path, or make the bucket"),
    Entry("E441", "the state bucket cannot be reached", "an intent that is not durable allows no publish", "run again"),
    Entry("E442", "the state bucket refuses us", "403 also stands for a key that is missing", "grant what is named"),
    Entry("E443", "the state bucket keeps no versions", "a lost state could not be restored", "turn versioning on"),
    Entry(
        "E444",
        "the file of a post to be deleted is still there",
        "a deletion takes two keys: the file is gone, and the id is typed",
        "remove the file, then: publisher delete ID",
    ),
    Entry(
        "E445",
        "the file of a post to be replaced says nothing new",
        "a replacement takes two keys: the file has changed, and the id is typed",
        "change the file, then: publisher replace ID",
    ),
    Entry(
        "E446",
        "what became of a post is not settled",
        "what is not known to be live cannot be taken down",
        "publisher reconcile",
    ),
    Entry(
        "E447",
        "the id was not typed",
        "what is deleted cannot be brought back",
        "publisher delete ID --confirm ID",
    ),
    Entry(
        "E448",
        "the new words of a post could not go out now",
        "the old ones would be gone, and nothing in their place",
        "mend what the reason says, then: publisher replace ID",
    ),
    Entry(
        "E449",
        "the S3 of the state ignores conditional writes",
        "of two runs at the same time each would take itself for the only one, and post everything",
        "use an S3 that has them, or keep the state on a branch",
    ),
)
