"""What Threads says of a container, asked beside the loop: when a person says something of a part, or takes it down."""

from publisher.planning.records import PartRecord
from publisher.publishing.problem import read_error
from publisher.publishing.resolve import Status
from publisher.publishing.run import Session
from publisher.threads_api.errors import NotFound, ThreadsError


def status_of(session: Session, container: str) -> Status:
    try:
        return Status.read(str(session.client.publishing.status(container).status))
    except NotFound:
        return Status.GONE
    except ThreadsError as error:
        raise read_error(error, "asking for the container's status")[1].as_error() from error


def as_known_there(session: Session, part: PartRecord) -> PartRecord:
    """As attempted where only Threads knows of that: the state may be older than the attempt."""
    unasked = part.attempt or part.phase.finished or part.container is None
    if unasked or status_of(session, part.container or "") is not Status.PUBLISHED:
        return part
    return part.attempted(session.clock.now())
