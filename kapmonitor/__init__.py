"""kapmonitor: the console of a ketamine-assisted psychotherapy room."""

__version__ = "0.1.0"
