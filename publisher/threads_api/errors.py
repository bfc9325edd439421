"""Errors of the client, as one small tree. What the caller may do differs, or it is the same class.

    ThreadsError
    ├── InvalidParameter        refused here, before anything was sent (also a ValueError)
    ├── NotSent                 no byte reached Threads: trying again is safe, for a publish too
    ├── NoAnswer                it may have arrived; what it did is unknown
    ├── BadAnswer               an answer that is not Meta's: HTML, empty, too large, another shape
    ├── ApiError                Meta's error envelope
    │   ├── AuthenticationError     code 102, 190, 452: the token is not (or no longer) good
    │   │   └── AccessTokenExpired  190/463
    │   ├── PermissionDenied        code 10, 200-299, subcode 4279067
    │   ├── RateLimited             code 4, 17, 32, 341, 613, or HTTP 429; has `retry_after_s`
    │   ├── NotFound                24/4279009, 100/33: not there, or not there yet
    │   └── Restricted              2207051, 368, 4279013: Meta stopped this account; do not hammer
    └── PublishOutcomeUnknown   `post()` cannot tell whether the post is live; has `creation_id`

Messages of Meta's are kept with anything that looks like a token removed. Source of the codes: Meta's error
reference and the field reports collected in docs/client.
"""
