#!/bin/busybox sh
# First process of the virtual machine of vm.sh: mounts the host's files, starts D-Bus and BlueZ, runs inside.py.
B=/bin/busybox
$B mount -t proc proc /proc
$B mount -t sysfs sys /sys
$B mount -t devtmpfs dev /dev
given() { $B sed -n "s/.*$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
PYTHON=$(given kap_python)
ROOT=$(given kap_root)
SCRIPT=$(given kap_script)
for module in $($B cat /modules/order); do
  $B insmod "/modules/$module" || echo "could not load $module"
done
$B mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=512000,cache=loose host /host
$B mount -t tmpfs memory /memory
$B mkdir -p /memory/changes /memory/work
$B mount -t overlay -o lowerdir=/host,upperdir=/memory/changes,workdir=/memory/work,xino=off overlay /machine
for place in proc sys dev; do $B mount --move /$place /machine/$place; done
# Bonds and sockets of the host must not leak in.
for place in run dev/shm var/lib/bluetooth; do
  $B mkdir -p /machine/$place
  $B mount -t tmpfs memory /machine/$place
done
$B chroot /machine /bin/bash -c '
  export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root PYTHONPATH=$1:$1/tests/helpers
  export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
  mkdir -p /run/dbus /run/lock
  ip link set lo up
  dbus-daemon --system --fork --nopidfile
  /usr/libexec/bluetooth/bluetoothd -n -d >/run/bluetoothd.log 2>&1 &
  echo "[vm] $(uname -r), BlueZ $(/usr/libexec/bluetooth/bluetoothd -v), up $(cut -d" " -f1 /proc/uptime) s"
  timeout 500 "$0" "$2"
  result=$?
  echo "[vm] ended with $result, up $(cut -d" " -f1 /proc/uptime) s"
  [ $result = 0 ] || { tail -60 /run/bluetoothd.log; dmesg | tail -20; }
  exit $result' "$PYTHON" "$ROOT" "$SCRIPT"
echo "KAP_RESULT=$?"
$B sync
$B poweroff -f
