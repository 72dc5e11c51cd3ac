"""Records of sessions that ran in virtual time, through the real store; closed, or as a kill leaves them."""

from kapmonitor.record.items import WaveSlice
from kapmonitor.record.store import Store, create_record
from kapmonitor.session.events import SessionClosed

BATCH = 500


def time_of(row):
    return row.t0_ns if isinstance(row, WaveSlice) else row.t_ns


def write(path, started, rows, *, closed=True, batch_size=BATCH):
    """A record with these rows, as a recorder got them; in one that is there they come after the others."""
    if not path.exists():
        create_record(path, started, started.t_ns)
    store = Store(path)
    now_ns = started.t_ns
    for first in range(0, len(rows), batch_size):
        batch = []
        for row in rows[first : first + batch_size]:
            now_ns = max(now_ns, time_of(row))
            batch.append((now_ns, row))
        store.commit(batch)
        if now_ns >= store.fold_due_ns:
            store.fold(now_ns)
    if closed:
        store.finish(now_ns, SessionClosed("ended", 0))
    else:
        store.abandon()
    return path


def session_record(path, session, *, closed=True):
    """The record of a VirtualSession."""
    if closed:
        session.engine.close("ended")
    return write(path, session.started, session.recorder.rows, closed=closed)
