"""Links that carry bytes: serial, Bluetooth, memory."""
