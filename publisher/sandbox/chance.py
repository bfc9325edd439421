"""Numbers that look like life and are the same in every run: views, likes, votes. Pure."""

import hashlib


def number(of: str, below: int) -> int:
    """0 … below - 1, always the same for the same name."""
    return int.from_bytes(hashlib.sha256(of.encode()).digest()[:6], "big") % below
