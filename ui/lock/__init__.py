"""The lock of the screen: it hides names, notes and music, never vitals, alarms or the cuff."""
