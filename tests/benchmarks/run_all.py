"""`make bench`: runs every benchmark beside its peer and prints one table."""

import importlib
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "helpers"))


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; 1 if a target was missed."""
    modules = names or sorted(path.stem for path in HERE.glob("bench_*.py") if path.stem != "bench_table")
    rows = []
    for name in modules:
        began = time.monotonic()
        rows += importlib.import_module(name).run()
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    head = ("what", "measured", "peer", "ratio", "target", "")
    table = [
        head,
        *((r.what, r.measured, r.peer, r.ratio, r.target, "ok" if r.ok else "MISSED") for r in rows),
    ]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    for row in table:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
