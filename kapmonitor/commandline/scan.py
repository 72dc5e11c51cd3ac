"""`kapmonitor devices scan`: serial ports that are plugged in, Bluetooth devices that advertise."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict

from serial.tools import list_ports

from devices.protocol import SerialLink
from devices.registry import load
from devices.transport.ble_radio import Radio
from devices.transport.ble_scan import Found
from devices.transport.ble_scan import scan as scan_ble
from kapmonitor.errors import LinkError

SECONDS = 8.0


def scan(*, as_json: bool) -> int:
    """List what could be opened; 1 if there is nothing. Missing Bluetooth is said and is no error."""
    specs = load().specs
    serial = [
        {
            "port": port.device,
            "what": port.description or "",
            "drivers": [
                spec.id
                for spec in specs
                if isinstance(spec.link, SerialLink) and (port.vid, port.pid) in spec.usb_ids
            ],
        }
        for port in list_ports.comports()
    ]
    found, trouble = asyncio.run(_bluetooth())
    if as_json:
        bluetooth = [asdict(device) for device in found]
        print(json.dumps({"serial": serial, "bluetooth": bluetooth, "bluetooth_trouble": trouble}, indent=2))
    else:
        for entry in serial:
            fits = ", ".join(map(str, entry["drivers"])) or "any serial driver"
            print(f"{entry['port']:24} {entry['what']}  could be: {fits}")
        for device in found:
            fits = ", ".join(device.drivers) or "no driver of ours"
            print(f"{device.address:24} {device.name or 'no name'} ({device.rssi} dBm)  fits: {fits}")
        if trouble:
            print(f"Bluetooth: {trouble}", file=sys.stderr)
    return 0 if serial or found else 1


async def _bluetooth() -> tuple[tuple[Found, ...], str]:
    radio = Radio()
    try:
        return await scan_ble(radio, SECONDS, load().specs), ""
    except LinkError as error:
        return (), str(error)
    finally:
        await radio.close()
