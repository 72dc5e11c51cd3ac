"""The host's half of the talk with a device whose cuff can be started over its line, one for all drivers.

A driver brings the bytes, a table of what follows from what (`machine.Rules`) and a `host.Talk`, which says
what the device's words mean and what to ask next. Everything else is here: the state and what is told of it,
the times after which something happens by itself, the one question at a time, a stop that overtakes all.
"""
