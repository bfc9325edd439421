"""The codes of api."""

from publisher.content.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
