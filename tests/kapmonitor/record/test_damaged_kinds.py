"""Damage that turns a value into one of another kind: whoever reads the record says so."""

import contextlib
import shutil
from pathlib import Path

import exported_session
import pytest
from past_records import write
from tampering import TABLES, of_another_kind

from kapmonitor.cli import main
from kapmonitor.errors import KapError
from kapmonitor.model import Direction
from kapmonitor.record.closeup import RecordCloseUp
from kapmonitor.record.items import WaveSlice, WireRow
from kapmonitor.record.report import missing_from, recovered_from
from kapmonitor.record.salvage import salvage
from kapmonitor.record.verify import DAMAGED, verify
from kapmonitor.record.view import RecordView
from kapmonitor.session.events import Stamped
from kapmonitor.view import Role

VALUES = (None, "x", b"\xff", -1, 2**62, 0.5, float("inf"), 0)
TAILS = {
    "wave_tail": ("channel", "t0_ns", "fs", "n", "crc", "data"),
    "numeric_tail": ("t_ns", "channel", "value", "validity", "raw", "device_time", "stored"),
}
COLUMNS = [(table, column) for table, (_, columns) in TABLES.items() for column in columns]
COLUMNS += [(table, column) for table, columns in TAILS.items() for column in columns]
FORMS = ("edf", "csv", "json", "fhir")
ROWS = {"event": 5}


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """A closed one, and one that was interrupted, by whether they are closed."""
    made = {}
    for closed in (True, False):
        rows = exported_session.rows()
        t_ns = max(row.t0_ns if isinstance(row, WaveSlice) else row.t_ns for row in rows)
        rows += [WireRow(t_ns, "nonin", Direction.IN, b"12"), WireRow(t_ns, "nonin", Direction.OUT, b"3")]
        path = tmp_path_factory.mktemp("kinds") / "a.kap"
        made[closed] = write(
            path, Stamped(exported_session.T0, exported_session.STARTED), rows, closed=closed
        )
    return made


def look_everywhere(path):
    """Every question that the review asks."""
    view = RecordView(path)
    try:
        first, last = view.span()
        close = RecordCloseUp(view)
        for t0_ns, t1_ns in ((first, last), (first, first + 2 * 10**9), (last - 60 * 10**9, last)):
            for role in Role:
                view.trend(role, t0_ns, t1_ns, 300)
                close.readings(role, t0_ns, t1_ns)
                close.newest(role, t1_ns)
            for line in close.waves():
                close.columns(line.key, t0_ns, t1_ns, 300)
                close.samples(line.key, t0_ns, t1_ns)
                close.sample(line.key, t1_ns)
            view.cuffs(t0_ns, t1_ns)
        missing_from(view.reader, closed=False)
        recovered_from(view.reader)
    finally:
        view.close()


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_value_of_another_kind_is_damage_and_no_fault_of_ours(records, tmp_path, capsys, table, column):
    record = records[table not in TAILS]
    found = 0
    for number, value in enumerate(VALUES):
        damaged = tmp_path / f"{number}.kap"
        for end in ("", "-wal"):
            if Path(f"{record}{end}").exists():
                shutil.copy(f"{record}{end}", f"{damaged}{end}")
        assert of_another_kind(damaged, table, column, ROWS.get(table), value) == 1
        found += verify(damaged).kind == DAMAGED
        with contextlib.suppress(KapError):
            look_everywhere(damaged)
        with contextlib.suppress(KapError):
            salvage(damaged, lambda _share: None).close()
        form = FORMS[number % len(FORMS)]
        out = tmp_path / f"{number}.{form}"
        status = main(["export", str(damaged), "--to", form, "--out", str(out)])
        assert status in (0, 2)
        assert out.exists() == (status == 0)
        said = capsys.readouterr().err
        assert (str(damaged) in said) or status == 0, said
    # The tails are not sealed yet: nobody can tell another number from the right one there.
    assert found == len(VALUES) or (table in TAILS and found)
