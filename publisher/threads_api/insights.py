"""Figures of one post and of the account (Meta: "Insights"). Needs `threads_manage_insights`.

Source: https://developers.facebook.com/docs/threads/insights
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from publisher.threads_api.call import Call, given, segment
from publisher.threads_api.errors import InvalidParameter
from publisher.threads_api.pages import Moment, period
from publisher.threads_api.reading import Record
from publisher.threads_api.vocabulary import Breakdown, MediaMetric, UserMetric

EARLIEST = 1712991600  # 2024-04-13: Threads refuses to look further back
_TIMELESS = (UserMetric.FOLLOWERS_COUNT, UserMetric.FOLLOWER_DEMOGRAPHICS)
_DATED = tuple(metric for metric in UserMetric if metric not in _TIMELESS)


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One figure: of a day for `views`, of a link for `clicks`, of a group for demographics."""

    value: float
    end_time: datetime | None = None  # UTC, of the day
    link_url: str | None = None
    group: tuple[str, ...] = ()  # ("US",)


@dataclass(frozen=True, slots=True)
class Metric:
    name: str  # see `MediaMetric`, `UserMetric`
    values: tuple[MetricValue, ...]
    total: float | None = None  # where Threads gives a sum of its own
    period: str | None = None  # "lifetime" or "day"
    title: str | None = None  # in the account's language
    description: str | None = None
    id: str | None = None

    @property
    def value(self) -> float | None:
        """The one figure, where there is one: the total, or the only value."""
        if self.total is not None:
            return self.total
        return self.values[0].value if len(self.values) == 1 else None

    @classmethod
    def read(cls, record: Record) -> "Metric":
        total = record.record("total_value")
        return cls(
            name=record.text("name") or "",
            values=tuple(_values(record, total)),
            total=None if total is None else total.number("value"),
            **{name: record.text(name) for name in ("period", "title", "description", "id")},
        )


def _values(record: Record, total: Record | None) -> Iterable[MetricValue]:
    for item in (*record.records("values"), *record.records("link_total_values")):
        if (value := item.number("value")) is not None:
            yield MetricValue(value, item.moment("end_time"), item.text("link_url"))
    for breakdown in total.records("breakdowns") if total is not None else ():
        for item in breakdown.records("results"):
            if (value := item.number("value")) is not None:
                yield MetricValue(value, group=item.texts("dimension_values"))


class InsightsResource:
    """`client.insights`."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def media(self, media_id: str, metrics: Iterable[str] = tuple(MediaMetric)) -> tuple[Metric, ...]:
        """Figures of a post over its life; none for a repost."""
        return self._read(f"/{segment(media_id)}/insights", {"metric": _joined(metrics)})

    def user(
        self,
        metrics: Iterable[str] = _DATED,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        breakdown: str | None = None,
    ) -> tuple[Metric, ...]:
        """Figures of the account, of yesterday and today unless told otherwise.

        `followers_count` and `follower_demographics` know no period; the latter needs a `breakdown` and at least
        100 followers. Raises `InvalidParameter` for what Threads documents as refused.
        """
        asked = tuple(str(metric) for metric in metrics)
        if (since is not None or until is not None) and any(metric in _TIMELESS for metric in asked):
            raise InvalidParameter("`followers_count` and `follower_demographics` take neither `since` nor `until`")
        if (UserMetric.FOLLOWER_DEMOGRAPHICS in asked) != (breakdown is not None):
            raise InvalidParameter(
                "`follower_demographics` goes with one `breakdown`, and a `breakdown` with nothing else"
            )
        params = given(metric=_joined(asked), breakdown=breakdown and str(breakdown))
        return self._read("/me/threads_insights", params | given(**period(since, until, earliest=EARLIEST)))

    def demographics(self, breakdown: str = Breakdown.COUNTRY) -> Metric | None:
        """Followers by country, city, age or gender; None when Threads has no figures."""
        return next(iter(self.user((UserMetric.FOLLOWER_DEMOGRAPHICS,), breakdown=breakdown)), None)

    def _read(self, path: str, params: dict[str, str]) -> tuple[Metric, ...]:
        return tuple(Metric.read(item) for item in self._call.get(path, params).data())


def _joined(metrics: Iterable[str]) -> str:
    joined = ",".join(str(metric) for metric in metrics)
    if not joined:
        raise InvalidParameter("at least one metric is asked for")
    return joined
