"""The device dialog: what is plugged in or in range, what it shows, and whether it is this person's."""

from ui.devices.dialog import DeviceDialog as DeviceDialog
