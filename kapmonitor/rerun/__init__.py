"""A record once more with this version: bytes decoded, alarms evaluated, and compared with what it holds."""

from kapmonitor.rerun.alarms import rerun_alarms as rerun_alarms
from kapmonitor.rerun.compare import Outcome as Outcome
from kapmonitor.rerun.compare import Verdict as Verdict
from kapmonitor.rerun.device import rerun_device as rerun_device
from kapmonitor.rerun.record import rerun as rerun
