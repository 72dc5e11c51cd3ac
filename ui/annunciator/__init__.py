"""The annunciator: a process of its own that sounds alarms, and notices when the console stops.

It owns the staff output and the room speaker, never the music's.
"""
