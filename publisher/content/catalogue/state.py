"""The codes of state."""

from publisher.content.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
