"""The working minutes of one project as moments: a calendar and the moment the project starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ltcflow.worktime import Calendar, OutsideTime, add_minutes, minutes_between, next_working, previous_working

_MINUTE = timedelta(minutes=1)


class ProjectClock:
    """Working minute 0 is the first working moment at or after the start, at a whole minute.

    A working minute between two shifts belongs to two moments: work begins at the later, ends at the earlier. Instants,
    as `ltcflow.schedule.elapsed` wants them, are minutes of elapsed time since minute 0.
    """

    def __init__(self, calendar: Calendar, start: datetime) -> None:
        self.calendar = calendar
        self.zone = calendar.zone
        whole = start.replace(second=0, microsecond=0)
        self.origin = next_working(calendar, whole if whole == start else whole + _MINUTE)
        self._begin: dict[int, datetime] = {}
        self._end: dict[int, datetime] = {0: self.origin}

    def beginning(self, minute: int) -> datetime:
        """Return the moment at which work can begin after *minute* minutes of work."""
        found = self._begin.get(minute)
        if found is None:
            found = self._begin[minute] = next_working(self.calendar, add_minutes(self.calendar, self.origin, minute))
        return found

    def ending(self, minute: int) -> datetime:
        """Return the moment at which *minute* minutes of work are done; for minute 0 the start itself."""
        found = self._end.get(minute)
        if found is None:
            moment = add_minutes(self.calendar, self.origin, minute)
            found = self._end[minute] = moment if minute > 0 else previous_working(self.calendar, moment)
        return found

    def done_at(self, moment: datetime) -> int:
        """Return the working minutes done at *moment*, negative before the start."""
        return minutes_between(self.calendar, self.origin, moment)

    def after(self, moment: datetime) -> int:
        """Return the first working minute that begins at *moment* or later."""
        minute = self.done_at(moment)
        return minute if self.beginning(minute).astimezone(UTC) >= moment.astimezone(UTC) else minute + 1

    def begins(self, minute: int, /) -> int:
        """Return the instant at which work begins at *minute*."""
        return self.instant(self.beginning(minute))

    def ends(self, minute: int, /) -> int:
        """Return the instant at which *minute* minutes are done."""
        return self.instant(self.ending(minute))

    def minute(self, instant: int, /) -> int:
        """Return the working minutes done at *instant*."""
        return self.done_at(self.moment(instant))

    def instant(self, moment: datetime) -> int:
        """Return the elapsed minutes from the start to *moment*."""
        return (moment.astimezone(UTC) - self.origin.astimezone(UTC)) // _MINUTE

    def moment(self, instant: int) -> datetime:
        """Return the moment *instant* elapsed minutes after the start."""
        return self.later(self.origin, instant)

    def later(self, moment: datetime, minutes: int) -> datetime:
        """Return the moment *minutes* of elapsed time after *moment*. Raises: OutsideTime."""
        try:
            return self.local(moment.astimezone(UTC) + minutes * _MINUTE)
        except OverflowError as error:
            problem = "the date lies outside the years 1 to 9999."
            raise OutsideTime(calendar=self.calendar.id, problem=problem) from error

    def local(self, moment: datetime) -> datetime:
        """Return *moment* on the calendar's wall clock."""
        return moment.astimezone(self.zone)
