"""The list of a session's alarms, live and in review."""

from ui.alarmlist.listing import AlarmList as AlarmList
