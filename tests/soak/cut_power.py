"""`make power-cuts`: one session whose power is cut again and again while somebody notes and doses.

python tests/soak/cut_power.py [TIMES] [SEED]

The program's writes and syncs are logged (tests/helpers/powercut_shim.c), and after each life the disk is
rebuilt as a cut at a random step of it may have left it: with what was synced alone, and with any sectors of
what came later. Both are checked, at further random steps too; the session then goes on from one of the two.
Nothing that was answered before the cut may be missing. Needs Linux and a C compiler.
"""

import random
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

from hard_session import PATIENCE, Hands, Life, bedside, end, life_s, percentile, waves_end_ns, wrong
from powercut import Disk, compiled, compiler, cut, lay_out, said, steps, watched
from programs import run

MORE_CUTS = 3
"""Further cuts of the same life that are checked and not gone on with."""
MOST_MISSING_S, SETTLED_S = 1.0 * PATIENCE, 1.5


class Bench:
    """The session's folder and what was answered to be in it."""

    def __init__(self, folder, seed):
        self.rng = random.Random(seed)
        self.disk_folder = folder / "disk"
        self.disk_folder.mkdir()
        self.elsewhere = folder / "elsewhere"
        self.path = self.disk_folder / "session.kap"
        self.log = folder / "log"
        self.library = compiled(folder)
        self.hands = Hands(self.rng)
        self.missing = []
        self.taken_up = []
        self.checked = 0

    def live(self, devices):
        """One life; (the disk before it, what was done in it)."""
        disk = Disk(self.disk_folder)
        with Life(self.path, *devices, env=watched(self.library, self.disk_folder, self.log)) as life:
            life.until(lambda told: "live" in told, 60)
            self.taken_up.append(life.after_s("begun"))
            self.hands.busy(life, 0.5 + life_s(self.rng))
            end(life)
            errors = life.errors[-1:]
        return disk, steps(self.log), [f"said: {line}" for line in errors]

    def check(self, found, answered, done):
        """What is wrong with what a cut left, looked at elsewhere."""
        self.checked += 1
        lay_out(found, self.elsewhere)
        path = self.elsewhere / self.path.name
        bad = wrong(path, answered)
        live_ns = next((told["live"] for told in said(done) if "live" in told), None)
        if live_ns is not None and done[-1].t_ns - live_ns > SETTLED_S * 1e9:
            self.missing.append((done[-1].t_ns - waves_end_ns(path)) / 1e9)
            if self.missing[-1] > MOST_MISSING_S:
                bad.append(f"{self.missing[-1]:.2f} s of waves missing")
        return bad

    def cut(self, disk, done, *, go_on):
        """Cut at a random step; what is wrong with what is left. The session goes on from one of the two."""
        first = next(i for i, step in enumerate(done) if step.data.startswith(b'{"begun"'))
        at = self.rng.randrange(first + 1, len(done) + 1)
        before = done[:at]
        told = [(each["kind"], each["saved"]) for each in said(before) if "saved" in each]
        answered = self.hands.answered + told
        least, more = cut(disk, before, self.rng)
        bad = [f"synced alone: {line}" for line in self.check(least, answered, before)]
        bad += [f"with some of the rest: {line}" for line in self.check(more, answered, before)]
        if go_on:
            lay_out(self.rng.choice((least, more)), self.disk_folder)
            self.hands.answered = answered
        return at, bad

    def close(self):
        """Let the session end properly; what is wrong with its record and with a rerun of it."""
        with Life(self.path) as life:
            life.until(lambda told: "live" in told)
            self.hands.busy(life, 1.0)
            life.say("quit")
            life.process.wait(20)
            life.drained()
            self.hands.hear(life)
        bad = wrong(self.path, self.hands.answered, kind="intact")
        status, out, errors = run("rerun", self.path, timeout_s=300)
        print(out.rstrip())
        return [*bad, *([f"rerun: {out}{errors}"] if status else [])]


def session(bench, devices, times):
    """A session with so many cuts; all that was wrong."""
    every = []
    for number in range(times):
        disk, done, bad = bench.live(devices)
        for _ in range(MORE_CUTS):
            bad += bench.cut(disk, done, go_on=False)[1]
        at, more = bench.cut(disk, done, go_on=True)
        every += bad + more
        print(
            f"{number + 1:3}: cut after {at} of {len(done)} steps, {len(bench.hands.answered)} entries "
            f"answered by then: {'; '.join(bad + more) or 'ok'}",
            flush=True,
        )
    return every + bench.close()


def main(times, seed):
    """Run, print, and answer 1 if anything was not as it must be."""
    if compiler() is None:
        print("not done: the model of a power cut needs Linux and a C compiler")
        return 0
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        bench = Bench(Path(name), seed)
        every = session(bench, bedside(Path(name), stack), times)
    print(f"{times} cuts gone on from, {bench.checked} states of the disk checked (seed {seed})")
    print(f"{len(bench.hands.answered)} entries answered, lost: {sum(': lost ' in line for line in every)}")
    print(f"start to taken up: p50 {percentile(bench.taken_up, 0.5):.2f} s", end="")
    print(f", p95 {percentile(bench.taken_up, 0.95):.2f} s")
    if bench.missing:
        print(f"waves missing: p50 {percentile(bench.missing, 0.5):.2f} s, most {max(bench.missing):.2f} s")
    print("not as it must be: " + ("; ".join(every) or "nothing"))
    return int(bool(every))


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    raise SystemExit(main(*(words + [50, 1][len(words) :])))
