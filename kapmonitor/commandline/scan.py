"""`kapmonitor devices scan`: serial ports that are plugged in, Bluetooth devices that advertise."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from devices.ports import Port, likely, list_ports
from devices.protocol import BleLink, DriverSpec
from devices.registry import load
from devices.transport.ble_radio import Radio
from devices.transport.ble_scan import Found
from devices.transport.ble_scan import scan as scan_ble
from kapmonitor.errors import LinkError

SECONDS: Final = 8.0


def scan(*, as_json: bool) -> int:
    """List what could be opened; 1 if there is nothing. Missing Bluetooth is said and is no error."""
    specs = load().specs
    ports = list_ports()
    found, trouble = asyncio.run(_bluetooth(specs))
    if as_json:
        told = {
            "serial": [port_json(port, specs) for port in ports],
            "bluetooth": [{**asdict(device), "pairing": pairing(device, specs)} for device in found],
            "bluetooth_trouble": trouble,
        }
        print(json.dumps(told, indent=2))
    else:
        for line in (line for port in ports for line in port_lines(port, specs)):
            print(line)
        for line in (line for device in found for line in radio_lines(device, specs)):
            print(line)
        if trouble:
            print(trouble, file=sys.stderr)
    return 0 if ports or found else 1


def port_json(port: Port, specs: Iterable[DriverSpec]) -> dict[str, object]:
    """A serial port and the drivers its adapter makes likely; VID and PID as numbers."""
    return {
        "port": port.device,
        "what": port.description,
        "drivers": [spec.id for spec in likely(port, specs)],
        "vid": port.vid,
        "pid": port.pid,
        "serial_number": port.serial_number,
        "by_id": port.by_id,
    }


def port_lines(port: Port, specs: Iterable[DriverSpec]) -> list[str]:
    """The same for people: any driver may fit, as an adapter does not say what hangs on it."""
    usb = f" [{port.vid:04x}:{port.pid:04x}]" if port.vid is not None and port.pid is not None else ""
    fits = ", ".join(spec.id for spec in likely(port, specs))
    could_be = f"could be: {fits}, or any serial driver" if fits else "could be: any serial driver"
    lines = [f"{port.device:24} {port.description or 'serial port'}{usb}  {could_be}"]
    lines += [f"{'':24} always the same name: {port.by_id}"] if port.by_id else []
    return [*lines, f"{'':24} find out: kapmonitor devices check auto@{port.by_id or port.device}"]


def radio_lines(device: Found, specs: Iterable[DriverSpec]) -> list[str]:
    """A Bluetooth device, the drivers that fit, and what a person does to pair it."""
    fits = ", ".join(device.drivers) or "no driver of ours"
    head = f"{device.address:24} {device.name or 'no name'} ({device.rssi} dBm)  fits: {fits}"
    return [head, *(f"{'':24} {driver}: {text}" for driver, text in pairing(device, specs).items())]


def pairing(device: Found, specs: Iterable[DriverSpec]) -> dict[str, str]:
    """How a device is paired, by each driver that fits and says so."""
    links = {spec.id: spec.link for spec in specs if spec.id in device.drivers}
    return {
        driver: link.pairing for driver, link in links.items() if isinstance(link, BleLink) and link.pairing
    }


async def _bluetooth(specs: Iterable[DriverSpec]) -> tuple[tuple[Found, ...], str]:
    radio = Radio()
    try:
        return await scan_ble(radio, SECONDS, specs), ""
    except LinkError as error:
        return (), str(error)
    finally:
        await radio.close()
