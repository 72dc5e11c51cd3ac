"""Alarm conditions and their states; pure."""
