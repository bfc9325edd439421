"""The codes of configuration."""

from publisher.content.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
