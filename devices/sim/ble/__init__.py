"""Emulated Bluetooth straps and cuffs, and a radio on which the real bleak client meets them.

Needs bumble (`pip install kapmonitor[simulate]`), which only the modules that build on it import: radio,
backend, peripheral, strap, cuff, hci_tcp. What callers outside use is in serve.
"""
