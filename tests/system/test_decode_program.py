"""`kapmonitor decode` as a program, on published frames, on noise, and on bytes that trickle in."""

import json
import random
import subprocess
import sys

import pytest
from programs import ROOT, run

pytestmark = pytest.mark.system

BP = bytes.fromhex("3E1873004A001E0100000000000031075500580000000 0E9".replace(" ", ""))


def decoded(driver, data, *more):
    status, out, errors = run("decode", "--driver", driver, "-", *more, data=data)
    assert status == 0, errors
    return [json.loads(line) for line in out.splitlines()]


def values(items):
    return {item["metric"]: item["value"] for item in items if item["kind"] == "numeric"}


def test_the_published_cuff_reading():
    found = values(decoded("suntech", BP))
    assert found["MDC_PRESS_BLD_NONINV_SYS"] == 115
    assert found["MDC_PRESS_BLD_NONINV_DIA"] == 74
    assert found["MDC_PRESS_BLD_NONINV_MEAN"] == 88
    assert found["MDC_PULS_RATE_NON_INV"] == 85


def test_the_published_heart_rate_and_cuff_over_bluetooth():
    assert values(decoded("ble-heart-rate", b"2A37 16 3d eb 03 f2 03\n"))["MDC_ECG_HEART_RATE"] == 61
    line = b"2A35 167d0050006600e10701100c27364000 0000\n".replace(b"4000 0000", b"40000000")
    items = decoded("ble-blood-pressure", line)
    assert values(items)["MDC_PRESS_BLD_NONINV_SYS"] == 125
    assert any(item.get("device_time") == "2017-01-16T12:39:54" for item in items)


def test_a_numeric_line_has_exactly_the_agreed_form():
    item = next(i for i in decoded("suntech", BP) if i["kind"] == "numeric")
    assert {"t_ns", "kind", "metric", "value", "unit", "validity"} <= set(item)
    assert item["validity"] == "Vld"
    assert isinstance(item["value"], float)


@pytest.mark.parametrize("driver", ["suntech", "nonin"])
def test_noise_ends_with_faults_and_nothing_else(driver):
    noise = random.Random(5).randbytes(200_000)
    items = decoded(driver, noise)
    assert not [i for i in items if i["kind"] == "numeric" and i["value"] is not None]
    assert items[-1]["kind"] == "end"
    assert items[-1]["faults"] > 0


def test_one_byte_at_a_time_gives_the_same_text():
    data = b"\x00\x01" + BP * 3 + b"\x3e\x18" + BP
    whole = run("decode", "--driver", "suntech", "-", data=data)[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "kapmonitor", "decode", "--driver", "suntech", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    for i in range(len(data)):
        process.stdin.write(data[i : i + 1])
    process.stdin.close()
    assert process.stdout.read().decode() == whole
    assert process.wait(10) == 0
    process.stdout.close()


def test_wrong_use_is_one_line_and_status_2(tmp_path):
    status, out, errors = run("decode", "--driver", "nosuch", "-", data=b"")
    assert (status, out) == (2, "")
    assert len(errors.strip().splitlines()) == 1
    status, _, errors = run("decode", "--driver", "nonin", tmp_path / "absent.bin")
    assert status == 2
    assert "absent.bin" in errors
