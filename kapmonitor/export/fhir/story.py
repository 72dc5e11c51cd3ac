"""Everything else of a session: who, with what, which doses, what was noted and alarmed, who signed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.export.fhir.coding import Json, quantity
from kapmonitor.export.fhir.naming import Names
from kapmonitor.export.moments import Moment, dose_words, moments_of
from kapmonitor.export.source import Source
from kapmonitor.export.standing import state_words
from kapmonitor.record.verify import Verdict
from kapmonitor.session.doses import DoseChange
from kapmonitor.session.events import DeviceIdentity, RecordSigned
from kapmonitor.session.state import AlarmSpan, Device, Dose
from kapmonitor.session.who import who

NUMBERS: Final = "urn:kapmonitor:record-number"
MEANINGS: Final = {
    "author": ("1.2.840.10065.1.12.1.1", "Author's Signature"),
    "reviewer": ("1.2.840.10065.1.12.1.13", "Review Signature"),
    "witness": ("1.2.840.10065.1.12.1.9", "Event Witness Signature"),
}
SIGNING: Final = "urn:iso-astm:E1762-95:2013"
DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
PRIORITIES: Final = {"high": "stat", "medium": "urgent", "low": "routine"}
COMPLETED, IN_ERROR = "completed", "entered-in-error"
TOLD: Final = frozenset({"imported", "note", "phase", "interruption", "scale"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Who exports, what for, and when; and what became of the record."""

    user: str
    purpose: str
    utc: str
    verdict: Verdict


def resources(source: Source, names: Names, asked: Asked) -> Iterator[tuple[str, Json]]:
    """Each resource with the name it has in the Bundle."""
    state = source.state()
    number = who(state).record_number
    identifier = {"identifier": [{"system": NUMBERS, "value": number}]} if number else {}
    yield names.url("Patient", ""), {"resourceType": "Patient", **identifier}
    makers = {
        each.event.device: each.event.manufacturer
        for each in source.events
        if isinstance(each.event, DeviceIdentity)
    }
    for device in {each.id: each for each in state.devices}.values():
        yield names.url("Device", device.id), _device(device, makers.get(device.id, ""))
    for count, dose in enumerate(state.doses):
        yield names.url("MedicationAdministration", str(count)), _dose(source, names, dose, COMPLETED)
    for count, dose in enumerate(state.doses_withdrawn):
        key = names.url("MedicationAdministration", f"withdrawn {count}")
        yield key, _dose(source, names, dose, IN_ERROR)
    for count, alarm in enumerate(state.alarms):
        yield names.url("Communication", f"alarm {count}"), _alarm(source, names, alarm)
    told = (each for each in moments_of(state) if each.kind in TOLD)
    for count, moment in enumerate(told):
        yield names.url("Communication", str(count)), _told(source, names, moment)
    yield names.url("Provenance", ""), _made(source, names, asked)
    for stamped in source.events:
        if isinstance(stamped.event, RecordSigned):
            yield names.url("Provenance", stamped.event.signature), _signed(source, names, stamped.event)
    yield names.url("AuditEvent", ""), _audit(asked)


def _device(device: Device, maker: str) -> Json:
    said = {"manufacturer": maker, "modelNumber": device.model, "serialNumber": device.serial}
    return {
        "resourceType": "Device",
        "status": "active",
        **{name: text for name, text in said.items() if text},
        "deviceName": [{"name": device.label or device.id, "type": "user-friendly-name"}],
        "type": {"text": device.driver or device.id},
    }


def _dose(source: Source, names: Names, dose: Dose, status: str) -> Json:
    parts = {"route": dose.route, "site": dose.site}
    dosage: Json = {name: {"text": text} for name, text in parts.items() if text}
    by = {"performer": [{"actor": {"display": dose.by}}]} if dose.by else {}
    changes = [_dose_change(source, change) for change in dose.changes]
    return {
        "resourceType": "MedicationAdministration",
        "status": status,
        "medicationCodeableConcept": {"text": dose.drug or _unsaid(source)},
        "subject": names.patient,
        "effectiveDateTime": source.wall.text(dose.t_ns),
        **by,
        **({"note": changes} if changes else {}),
        "dosage": {**dosage, "dose": quantity(dose.amount_mg, "mg")},
    }


def _dose_change(source: Source, change: DoseChange) -> Json:
    """When a dose was changed, by whom and why, and as what it stood until then: a FHIR Annotation."""
    until = f"changed; until then {dose_words(change.was)}, {source.wall.text(change.was.t_ns)}"
    return {
        **({"authorString": change.by} if change.by else {}),
        "time": source.wall.text(change.t_ns),
        "text": f"{until}: {change.reason}" if change.reason else until,
    }


def _unsaid(source: Source) -> str:
    """For a drug without a name: whether it had none, or one that must not leave."""
    return "left out" if source.policy.deidentified else "not said"


def _alarm(source: Source, names: Names, alarm: AlarmSpan) -> Json:
    words = [alarm.condition]
    words += [f"value {alarm.value:g}"] if alarm.value is not None else []
    words += [f"limit {alarm.limit:g}"] if alarm.limit is not None else []
    words += [f"until {source.wall.text(alarm.t1_ns)}"] if alarm.t1_ns is not None else []
    if alarm.acknowledged_t_ns is not None:
        by = f" by {alarm.acknowledged_by}" if alarm.acknowledged_by else ""
        words.append(f"acknowledged {source.wall.text(alarm.acknowledged_t_ns)}{by}")
    body = _communication(source, names, Moment(alarm.t0_ns, None, "alarm", ", ".join(words)))
    return {**body, "priority": PRIORITIES.get(alarm.priority, "routine")}


def _told(source: Source, names: Names, moment: Moment) -> Json:
    until = f", until {source.wall.text(moment.t1_ns)}" if moment.t1_ns is not None else ""
    return _communication(source, names, replace(moment, text=f"{moment.text}{until}"))


def _communication(source: Source, names: Names, moment: Moment) -> Json:
    by = {"sender": {"display": moment.by}} if moment.by else {}
    return {
        "resourceType": "Communication",
        "status": IN_ERROR if moment.withdrawn else COMPLETED,
        "category": [{"text": moment.kind}],
        "subject": names.patient,
        "sent": source.wall.text(moment.t0_ns),
        **by,
        "payload": [{"contentString": moment.text or moment.kind}],
    }


def _made(source: Source, names: Names, asked: Asked) -> Json:
    return {
        "resourceType": "Provenance",
        "target": [names.patient],
        "recorded": asked.utc,
        "activity": {"text": f"made from the session record, which is {state_words(asked.verdict)}"},
        "agent": [
            {"type": {"text": "software"}, "who": {"display": source.started.software or "kapmonitor"}}
        ],
    }


def _signed(source: Source, names: Names, event: RecordSigned) -> Json:
    code, words = MEANINGS.get(event.meaning, MEANINGS["author"])
    when = source.wall.text_of_utc(event.utc_ns)
    person = {"display": f"{event.name}, {event.role}"}
    return {
        "resourceType": "Provenance",
        "target": [names.patient],
        "recorded": when,
        "activity": {
            "text": f"signed the session record up to entry {event.head_seq}, SHA-256 {event.head_hash}"
        },
        "agent": [{"who": person}],
        "signature": [
            {
                "type": [{"system": SIGNING, "code": code, "display": words}],
                "when": when,
                "who": person,
                "sigFormat": "application/octet-stream",
                "data": base64.b64encode(bytes.fromhex(event.signature)).decode(),
            }
        ],
    }


def _audit(asked: Asked) -> Json:
    purpose = {"purposeOfUse": [{"text": asked.purpose}]} if asked.purpose else {}
    return {
        "resourceType": "AuditEvent",
        "type": {"system": DICOM, "code": "110106", "display": "Export"},
        "action": "R",
        "recorded": asked.utc,
        "agent": [{"who": {"display": asked.user}, "requestor": True, **purpose}],
        "source": {"observer": {"display": "kapmonitor"}},
    }
