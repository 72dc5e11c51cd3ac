"""The device dialog's words."""

from __future__ import annotations

from typing import Final

from kapmonitor.view import Role

TITLE: Final = "Devices"
LOOKING: Final = "looking around"
NOTHING: Final = "Nothing found yet. Plug in a cable, or switch a device on and bring it near."
NO_RADIO: Final = "Bluetooth: {why}"
KEYS: Final = "↑ ↓ choose     Enter yes, or connect     Space show     Delete take out     Esc close"
MORE_ABOVE: Final = "{count} more above"
MORE_BELOW: Final = "{count} more below"

THIS_PERSON: Final = "this person"
UNKNOWN: Final = "Something on a cable"
SERIAL: Final = "serial {number}"
BETA: Final = "beta: not yet confirmed on a device"
ADOPTED: Final = "adopted for {who}"
IS_IT_PULSE: Final = "Enter: yes, this is {who}’s pulse"
IS_IT_CUFF: Final = "Enter: yes, this is {who}’s cuff"
IS_IT_DEVICE: Final = "Enter: yes, this is {who}’s"
IS_IT_STILL: Final = "Enter: yes, it is on {who} too"
COMPARE: Final = "Compare with the device’s own screen first."
CHANGED: Final = "another device answers: {what}"
IN_RANGE: Final = "in range, not used"
CONNECT: Final = "Enter: connect"
SEARCHING: Final = "finding out what it is"
WAITING: Final = "waiting for a value"
PUT_ON: Final = "put the sensor on, then compare"
RECORDED: Final = "recorded, not shown"
SHOWS: Final = "shows {roles}"

GIVES: Final = "Gives {what}"
READ_BY: Final = "Read as {driver}"
CHECKED: Final = "Checked against {what}"
CUFF_ON: Final = "B starts this cuff — T to switch that off"
CUFF_OFF: Final = "Not started from here — T to let B start it"
SAME_ARM: Final = "On the oximeter’s arm: no pulse is no alarm while it inflates — X to change that"
OTHER_ARM: Final = "Not on the oximeter’s arm — X if it is"
SIGNAL: Final = "signal {dbm} dBm"
CLOCK_RIGHT: Final = "its clock agrees"
CLOCK_FAST: Final = "its clock is {length} fast"
CLOCK_SLOW: Final = "its clock is {length} slow"
GAINS: Final = ", gains {seconds} s an hour"
LOSES: Final = ", loses {seconds} s an hour"
REJECTED: Final = "Driver {name} cannot be used: {why}"

ROLES: Final = {Role.HR: "HR", Role.SPO2: "SpO₂", Role.NIBP_SYS: "BP"}
