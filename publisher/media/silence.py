"""Debug logs that show secrets stay off, whoever turns logging on.

boto3 logs every request with its signature and session token, urllib3 every path with its query, and a signed URL is
good for whoever reads it.
"""

import logging

_TALKATIVE = ("boto3", "botocore", "s3transfer", "urllib3")


def silence_requests() -> None:
    """From now on these libraries log what is worth a line, not what they send. Twice is once."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))
