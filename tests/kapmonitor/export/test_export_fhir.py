"""The FHIR Bundle, read by fhir.resources, held against the vital-signs profiles of R4, and compared."""

import builtins
import json
from dataclasses import replace

import exported_session as made
import pytest
from fhir.resources.R4B.bundle import Bundle
from past_records import write

from kapmonitor import mdc
from kapmonitor.cli import main
from kapmonitor.model import Validity
from kapmonitor.record.items import NumericRow
from kapmonitor.session import events as ev

LOINC, MDC = "http://loinc.org", "urn:iso:std:iso:11073:10101"
UCUM = "http://unitsofmeasure.org"
PROFILE = "http://hl7.org/fhir/StructureDefinition/"
WANTED = {  # profile -> (LOINC that must be there, UCUM code of its quantity)
    "heartrate": ("8867-4", "/min"),
    "oxygensat": ("2708-6", "%"),
    "bp": ("85354-9", None),
}
PARTS = {"8480-6": made.SYS, "8462-4": made.DIA, "8478-0": made.MEAN}


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fhir")
    record = made.make(folder / "s.kap")
    out = folder / "s.fhir.json"
    words = ["--as", "berg", "--purpose", "referral"]
    assert main(["export", str(record), "--to", "fhir", "--out", str(out), *words]) == 0
    return out.read_text("utf-8")


@pytest.fixture(scope="module")
def found(text):
    return [entry["resource"] for entry in json.loads(text)["entry"]]


def of(found, kind):
    return [each for each in found if each["resourceType"] == kind]


def codes(concept, system):
    return [each["code"] for each in concept.get("coding", ()) if each["system"] == system]


def test_the_library_reads_the_whole_bundle_and_every_reference_leads_somewhere(text):
    bundle = Bundle.model_validate_json(text)
    assert bundle.type == "collection"
    urls = [entry.fullUrl for entry in bundle.entry]
    assert len(urls) == len(set(urls))
    references = set()

    def walk(value):
        if isinstance(value, dict):
            references.update([value["reference"]] if "reference" in value else [])
            value = list(value.values())
        for each in value if isinstance(value, list) else ():
            walk(each)

    walk(json.loads(text))
    assert references <= set(urls)


def hold_against_profile(each):
    """Base vitalsigns: one category, a subject, a time, exactly one of value and reason; then its own."""
    name = each["meta"]["profile"][0].removeprefix(PROFILE)
    loinc, unit = WANTED[name]
    assert each["status"] == "final"
    assert each["subject"]["reference"]
    assert each["effectiveDateTime"].endswith("Z")
    assert each["category"][0]["coding"][0]["code"] == "vital-signs"
    assert loinc in codes(each["code"], LOINC)
    if name != "bp":
        hold_value(each, unit)
        return
    assert "valueQuantity" not in each
    parts = [codes(part["code"], LOINC)[0] for part in each["component"]]
    assert {"8480-6", "8462-4"} <= set(parts)
    for part in each["component"]:
        hold_value(part, "mm[Hg]")


def hold_value(part, unit):
    assert ("valueQuantity" in part) != ("dataAbsentReason" in part)
    if "valueQuantity" in part:
        assert (part["valueQuantity"]["system"], part["valueQuantity"]["code"]) == (UCUM, unit)


def test_every_observation_with_a_vital_sign_code_meets_its_profile(found):
    held = [each for each in of(found, "Observation") if codes(each["code"], LOINC)]
    for each in held:
        hold_against_profile(each)
    names = {each["meta"]["profile"][0].removeprefix(PROFILE) for each in held}
    assert names == set(WANTED)
    spo2 = next(each for each in held if "2708-6" in codes(each["code"], LOINC))
    assert "59408-5" in codes(spo2["code"], LOINC)
    assert codes(spo2["code"], MDC) == ["150456"]


def test_each_cuff_reading_is_there_with_its_time_and_the_failed_one_without_a_number(found):
    pressures = [each for each in of(found, "Observation") if "85354-9" in codes(each["code"], LOINC)]
    read = {
        each["effectiveDateTime"]: {
            codes(part["code"], LOINC)[0]: part["valueQuantity"]["value"]
            for part in each["component"]
            if "valueQuantity" in part
        }
        for each in pressures
    }
    assert read == {
        "2026-09-21T14:13:50.988Z": {"8480-6": 118.0, "8462-4": 74.0, "8478-0": 89.0},
        "2026-09-21T14:15:20.988Z": {"8480-6": 162.0, "8462-4": 98.0, "8478-0": 119.0},
        "2026-09-21T14:17:22.988Z": {"8480-6": 130.0, "8462-4": 82.0, "8478-0": 98.0},
        "2026-09-21T14:15:00.987Z": {},
    }
    (failed,) = [each for each in pressures if "note" in each]
    assert failed["note"][0]["text"] == "cuff failed: motion"
    reasons = [part["dataAbsentReason"]["coding"][0]["code"] for part in failed["component"]]
    assert reasons == ["error", "error"]


def test_each_second_of_saturation_is_sampled_and_gaps_stay_gaps(found):
    sampled = [each for each in of(found, "Observation") if "valueSampledData" in each]
    mine = sorted(
        (each for each in sampled if codes(each["code"], MDC) == ["150456"]),
        key=lambda each: each["effectiveDateTime"],
    )
    words = [word for each in mine for word in each["valueSampledData"]["data"].split()]
    put = {(row.t_ns - made.T0) // made.S: row for row in made.numerics() if row.channel == made.SPO2}
    minutes = sorted({second // 60 for second in put})
    seconds = [60 * minute + second for minute in minutes for second in range(60)]
    assert len(words) == len(seconds)
    for second, word in zip(seconds, words, strict=True):
        row = put.get(second)
        missing = row is None or row.validity is Validity.NOT_AVAILABLE
        assert (word == "E") if missing else (float(word) == row.value)
    assert all(not codes(each["code"], LOINC) for each in sampled)


def test_no_value_of_another_device_or_another_time_is_the_persons(found):
    times = [
        each["effectiveDateTime"]
        for each in of(found, "Observation")
        if codes(each["code"], MDC) == ["147842"] and "valueQuantity" in each
    ]
    assert max(times) < "2026-09-21T14:17:13"
    assert not [each for each in of(found, "Observation") if codes(each["code"], MDC) == ["149546"]]


def test_doses_notes_alarms_and_who_asked_are_told(found):
    (dose,) = of(found, "MedicationAdministration")
    assert (dose["dosage"]["dose"]["value"], dose["dosage"]["dose"]["code"]) == (70.0, "mg")
    assert dose["effectiveDateTime"] == "2026-09-21T14:14:20.987Z"
    told = {each["category"][0]["text"]: each for each in of(found, "Communication")}
    assert set(told) == {"alarm", "note", "phase", "interruption", "scale"}
    assert (
        "acknowledged 2026-09-21T14:15:30.987Z by Dr Canary" in told["alarm"]["payload"][0]["contentString"]
    )
    (audit,) = of(found, "AuditEvent")
    assert audit["agent"][0]["who"]["display"] == "berg"
    assert audit["agent"][0]["purposeOfUse"] == [{"text": "referral"}]


def test_deidentified_it_names_nobody(tmp_path):
    record = made.make(tmp_path / "s.kap")
    out = tmp_path / "s.fhir.json"
    words = ["--deidentify", "--as", "Anna Canary", "--purpose", "canary reason"]
    assert main(["export", str(record), "--to", "fhir", "--out", str(out), *words]) == 0
    text = out.read_text("utf-8")
    assert [secret for secret in made.SECRETS if secret in text] == []
    assert "2026-09" not in text


def test_without_the_library_it_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    record = made.make(tmp_path / "s.kap")
    real = builtins.__import__

    def without(name, *more):
        if name.startswith("fhir"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["export", str(record), "--to", "fhir", "--out", str(tmp_path / "a.json")]) == 2
    assert "kapmonitor[fhir]" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["s.kap"]


def exported(folder, rows, *words):
    """The resources of a record with these rows, by type."""
    record = write(folder / "s.kap", made.stamped(0, made.STARTED), rows)
    assert main(["export", str(record), "--to", "fhir", "--out", str(folder / "s.json"), *words]) == 0
    found = {}
    for entry in json.loads((folder / "s.json").read_text("utf-8"))["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def test_breaths_are_not_beats(tmp_path):
    term = mdc.RESP_RATE
    described = ev.ChannelDescribed(1, "m", term.ref, term.code, "RR", term.unit, 0.0, 1.0, 0.0)
    rows = [made.stamped(0, described), NumericRow(made.at(1), 1, 14.0, Validity.VALID)]
    observation = exported(tmp_path, rows)["Observation"][0]
    assert observation["valueQuantity"] == {
        "value": 14.0,
        "unit": "breaths/minute",
        "system": "http://unitsofmeasure.org",
        "code": "/min",
    }


@pytest.mark.parametrize("words", [(), ("--deidentify",)])
def test_a_dose_that_was_corrected_says_so_in_every_format(tmp_path, words):
    given = ev.DoseGiven("ketamine", 60.0, "im", "left deltoid", "RN", dose="d1")
    truth = ev.DoseAmended(
        "d1", made.at(55), "ketamine", 70.0, "im", "left deltoid", "RN", "", "", 0.0, False, "misread", "AB"
    )
    rows = [made.stamped(60, given), made.stamped(90, truth)]
    (dose,) = exported(tmp_path, rows, *words)["MedicationAdministration"]
    assert (dose["status"], dose["dosage"]["dose"]["value"]) == ("completed", 70.0)
    (said,) = dose["note"]
    assert "until then ketamine 60 mg IM left deltoid" in said["text"]
    assert ("misread" in said["text"], "authorString" in said) == (not words, not words)
    for kind, name in (("csv", "s.events.csv"), ("edf", "s.edf")):
        out = tmp_path / f"s.{kind}"
        assert main(["export", str(tmp_path / "s.kap"), "--to", kind, "--out", str(out), *words]) == 0
        assert b"ketamine 70 mg IM left deltoid (amended)" in (tmp_path / name).read_bytes()


@pytest.mark.parametrize("words", [(), ("--deidentify",)])
def test_what_was_taken_back_is_entered_in_error_and_not_gone(tmp_path, words):
    given = ev.DoseGiven("ketamine", 70.0, "im", "left deltoid", "RN", dose="d1")
    never = ev.DoseAmended(
        "d1", made.at(60), "ketamine", 70.0, "im", "left deltoid", "RN", "", "", 0.0, True, "", "RN"
    )
    rows = [
        made.stamped(60, given),
        made.stamped(61, replace(given, dose="d2", amount_mg=50.0)),
        made.stamped(70, never),
        made.stamped(80, ev.NoteAdded("n1", "tag", "calm", "RN", made.at(80), "calm")),
        made.stamped(81, ev.NoteAdded("n2", "tag", "calm", "RN", made.at(81), "calm")),
        made.stamped(90, ev.NoteAmended("n2", "calm", True, "RN")),
    ]
    found = exported(tmp_path, rows, *words)
    doses = {each["dosage"]["dose"]["value"]: each["status"] for each in found["MedicationAdministration"]}
    assert doses == {70.0: "entered-in-error", 50.0: "completed"}
    notes = [each["status"] for each in found["Communication"] if each["category"] == [{"text": "note"}]]
    assert notes == ["completed", "entered-in-error"]
    csv = tmp_path / "s.csv"
    assert main(["export", str(tmp_path / "s.kap"), "--to", "csv", "--out", str(csv), *words]) == 0
    told = csv.with_name("s.events.csv").read_text("utf-8")
    assert "withdrawn: ketamine 70 mg IM left deltoid" in told
    assert ",ketamine 50 mg IM left deltoid" in told


def test_no_text_has_control_characters_that_fhir_forbids(tmp_path):
    rows = [
        made.stamped(10, ev.NoteAdded("n1", "text", "a\x00b\x07c\x1b[0m\n\td\x7f", "R\x01N", made.at(10)))
    ]
    note = exported(tmp_path, rows)["Communication"][-1]
    assert note["payload"] == [{"contentString": "a b c [0m\n\td "}]
    assert note["sender"] == {"display": "R N"}
