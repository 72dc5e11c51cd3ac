# Everything a fresh machine needs is installed by the first target that needs it.
# Without make: `uv run kapmonitor demo` and `uv run pytest`.

UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
export UV_PROJECT_ENVIRONMENT ?= .venv

.PHONY: demo demo-picture test check bench test-bluez soak music-soak music-devices power-cuts full-disk faults alarm-pictures system-libraries clean

demo: setup
	@$(UV) run --no-sync kapmonitor demo

# What the demo looks like after ten minutes of it, without a display.
demo-picture: setup
	@QT_QPA_PLATFORM=offscreen $(UV) run --no-sync kapmonitor demo --speed 20 --screenshot demo.png --after 30

# Tests that wait run three at a time, apart from those that compute, which would keep them from being in time.
# Python keeps what it compiled, as the tests start hundreds of programs; a container may have turned that off.
test: export PYTHONDONTWRITEBYTECODE =
test: setup
	@$(UV) run --no-sync pytest -m "not speed and not system and not realtime"
	@$(UV) run --no-sync pytest -n 3 --dist loadgroup -m "not speed and (system or realtime)"

check: setup
	@$(UV) run --no-sync ruff check .
	@$(UV) run --no-sync ruff format --check .
	@$(UV) run --no-sync mypy
	@$(UV) run --no-sync lint-imports

bench: setup
	@$(UV) sync --locked --group bench --quiet
	@$(UV) run --no-sync python tests/benchmarks/run_all.py
	@$(UV) run --no-sync pytest -q -n 0 -m speed

# A session whose disk loses power at random, fifty times; needs Linux and a C compiler.
power-cuts: setup
	@$(UV) run --no-sync python tests/soak/cut_power.py 50

# A session on a disk of 20 MB that is filled to the last byte; needs root, or says why not.
full-disk: setup
	@$(UV) run --no-sync python tests/soak/fill_disk.py

# One whole session by the keyboard, from opening to a signed record, with a picture of each step: ten minutes.
whole-session: setup
	@$(UV) run --no-sync python tests/soak/whole_session.py --out session-pictures

soak: setup
	@$(UV) run --no-sync python tests/soak/kill_recordings.py
	@$(UV) run --no-sync python tests/soak/tamper_records.py

# The music at real speed through a null sink, recorded and analysed; needs pulseaudio.
MINUTES ?= 20
music-soak: setup
	@$(UV) run --no-sync python tests/soak/music_soak.py $(MINUTES)

# The music's speaker taken away and given back in mid-track; needs pulseaudio.
TIMES = 20
music-devices: setup
	@$(UV) run --no-sync python tests/soak/music_devices.py $(TIMES)

# Every fault of every simulated device, recorded on a real port for a minute: about half an hour.
faults: setup
	@$(UV) run --no-sync python tests/soak/every_fault.py --out faults.md

# The console in ten alarm states, in both sizes, on simulated devices: about five minutes.
alarm-pictures: setup
	@$(UV) run --no-sync python tests/soak/alarm_pictures.py --out alarm-pictures

test-bluez: setup
	@tests/bluez/vm.sh setup
	@tests/bluez/vm.sh run .venv/bin/python

.PHONY: setup
setup: system-libraries .venv/.locked

.tools/bin/uv:
	@echo "Installing uv into .tools"
	@python3 -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv

.venv/.locked: uv.lock pyproject.toml $(if $(filter .tools/%,$(UV)),$(UV))
	@echo "Installing the locked packages into .venv"
	@$(UV) sync --locked --quiet
	@touch .venv/.locked

# The shared libraries that Qt loads and that a bare Debian does not have.
system-libraries:
	@sh .ci/system-libraries

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
