"""`make soak`: a recording killed twenty times at random moments, with a note a second; what was kept.

python tests/soak/kill_recordings.py [TIMES]
"""

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

from programs import Program, run

from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import NoteAdded, SessionStarted

MOST_MISSING_S = 1.0


def killed(folder, number, device):
    """One recording, killed; (notes said saved, notes kept, seconds of waves missing, verify's answer)."""
    path = folder / f"{number}.kap"
    with Program("record", "--device", device, "--out", path) as recorder:
        recorder.wait_for(lambda line: "oximeter live" in line)
        until = time.monotonic() + random.uniform(1.5, 6.0)
        count = 0
        while time.monotonic() < until:
            recorder.say(f"note {count}")
            count += 1
            time.sleep(min(1.0, max(0.0, until - time.monotonic())))
        recorder.process.kill()
        killed_ns = time.monotonic_ns()
        recorder.process.wait(10)
        time.sleep(0.2)
        said = [line.split(" ", 2)[2] for line in recorder.lines if line.startswith("saved ")]
    status, out, _ = run("verify", path)
    with RecordReader(path) as record:
        events = [row.stamped for row in record.events()]
        kept = [e.event.text for e in events if isinstance(e.event, NoteAdded)]
        wave = next(n for n, c in record.channels().items() if c.fs > 0)
        ends = [s.t0_ns + len(s.samples) * 1e9 / s.fs for s in record.waves(wave)]
    assert any(isinstance(e.event, SessionStarted) for e in events)
    return said, kept, (killed_ns - max(ends)) / 1e9, status, out


def main(times):
    """Run and print one line for each; 1 if anything acknowledged was lost."""
    worst, lost = 0.0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Program("simulate", "nonin", "--port", f"pty:{folder / 'nonin'}") as nonin:
            device = nonin.first_line()
            for number in range(times):
                said, kept, missing_s, status, out = killed(folder, number, device)
                gone = [text for text in said if text not in kept]
                lost += len(gone)
                worst = max(worst, missing_s)
                verdict = out.splitlines()[0].rpartition(": ")[2]
                assert (status, verdict) == (1, "interrupted"), out
                print(
                    f"{number + 1:2}: {len(said)} notes acknowledged, {len(gone)} lost; "
                    f"{missing_s:.2f} s of waves missing; verify says {verdict}",
                    flush=True,
                )
            print(out.rstrip())
    print(f"acknowledged notes lost: {lost}; most waves missing: {worst:.2f} s (limit {MOST_MISSING_S:g} s)")
    return 0 if lost == 0 and worst <= MOST_MISSING_S else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
