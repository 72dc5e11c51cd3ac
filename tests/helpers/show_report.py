"""Pictures of every page of hard reports: python tests/helpers/show_report.py FOLDER [NAME ...]."""

import sys
from pathlib import Path

import report_records
from report_pictures import pictures

from kapmonitor.cli import main

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or report_records.ALL:
        record, report = folder / f"{name}.kap", folder / f"{name}.pdf"
        for old in (record, report):
            old.unlink(missing_ok=True)
        report_records.ALL[name](record)
        main(["export", str(record), "--to", "report", "--out", str(report)])
        for number, picture in enumerate(pictures(report, 992), start=1):
            picture.save(str(folder / f"{name}-{number}.png"))
