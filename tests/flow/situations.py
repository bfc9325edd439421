"""Every stop with exit code 4 or 8 that has a way out of its own, in the order of the page."""

from tests.flow.asked import ASKED
from tests.flow.refused import REFUSED

SITUATIONS = (*ASKED, *REFUSED)
