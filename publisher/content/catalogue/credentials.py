"""The codes of credentials."""

from publisher.content.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
