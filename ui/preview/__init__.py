"""The report on screen before it is printed or saved."""
