"""`kapmonitor devices`: drivers, what is plugged in or in range, and whether one device speaks."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from devices.protocol import DriverSpec, SerialLink
from devices.registry import Registry, load
from kapmonitor.errors import AddressError


def run(arguments: argparse.Namespace) -> int:
    """List drivers, scan, or check one device."""
    if arguments.action == "scan":
        from kapmonitor.commandline.scan import scan

        return scan(as_json=arguments.json)
    if arguments.action == "check":
        if not arguments.target:
            raise AddressError("devices check", "which device? Give DRIVER@ADDRESS")
        from kapmonitor.commandline.check import check

        return check(arguments.target, as_json=arguments.json)
    return _list(load(), as_json=arguments.json)


def _list(registry: Registry, *, as_json: bool) -> int:
    if as_json:
        drivers = [described(spec) for spec in registry.specs]
        rejected = [asdict(entry) for entry in registry.rejected]
        print(json.dumps({"drivers": drivers, "rejected": rejected}, indent=2))
        return 0
    for spec in registry.specs:
        _describe(spec)
    for entry in registry.rejected:
        print(f"{entry.name:20} cannot be used: {entry.reason}")
        print(f"{'':20} it comes from {entry.source}")
    return 0


def _describe(spec: DriverSpec) -> None:
    beta = "  (beta: no device has confirmed it yet)" if spec.beta else ""
    print(f"{spec.id:20} {spec.transport:7} {spec.label}{beta}")
    evidence = spec.evidence
    lines = [f"gives {', '.join(dict.fromkeys(metric.label for metric in spec.metrics))}"]
    lines += [f"sends {command.name}: {command.help}" for command in spec.commands]
    lines += [f"read: {document}" for document in evidence.documents]
    lines += [f"checked with frames: {vector}" for vector in evidence.vectors]
    lines += [f"checked with a recording: {capture}" for capture in evidence.captures]
    lines += [f"left out or unsure: {gap}" for gap in evidence.gaps]
    for line in lines:
        print(f"{'':20} {line}")


def described(spec: DriverSpec) -> dict[str, object]:
    """All that is known of a driver, JSON-able."""
    link = {"baud": spec.link.baud} if isinstance(spec.link, SerialLink) else {"services": spec.link.services}
    return {
        "id": spec.id,
        "label": spec.label,
        "vendor": spec.vendor,
        "transports": [spec.transport],
        "link": link,
        "metrics": [
            {"ref": m.ref, "code": m.term.code, "label": m.label, "unit": m.unit, "fs": m.fs}
            for m in spec.metrics
        ],
        "commands": [asdict(command) for command in spec.commands],
        "beta": spec.beta,
        "evidence": asdict(spec.evidence),
    }
