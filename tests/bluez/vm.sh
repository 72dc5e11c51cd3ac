#!/bin/bash
# The Bluetooth code against a real BlueZ and a real kernel, in a throw-away virtual machine.
#
#   tests/bluez/vm.sh setup            needs root for apt-get, downloads about 70 MB; done before, it does nothing
#   tests/bluez/vm.sh run [PYTHON]     boots, runs inside.py, exit status is that of the scenario
#
# For Debian and its relatives. Nothing is installed in the machine and it has no disk and no network: it sees
# the host's files read-only over 9p, with changes kept in its memory, so it runs the very files of this folder
# with the Python of this project. It works without KVM, and then takes a minute or two;
# with it (KAP_VM_ACCEL=kvm KAP_VM_CPU=host) it is quicker, where the host lets KVM be used.
# KAP_VM_RISKY=yes also takes the step that kernels of Debian 12 may not survive (see inside.py).
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
CACHE=${KAP_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kapmonitor-bluez-vm}
LIMIT_S=${KAP_VM_LIMIT_S:-600}
SCRIPT=${KAP_VM_SCRIPT:-$HERE/inside.py}
ACCELERATOR=${KAP_VM_ACCEL:-tcg}

# What the machine needs from the kernel: its file systems, the ciphers that Bluetooth pairing uses, and the
# virtual Bluetooth adapter, which the kernels for cloud machines leave out.
MODULES="virtio_pci virtio_console 9pnet_virtio 9p overlay virtio_rng
  cmac ecb ccm algif_hash algif_skcipher sha3_generic sha512_generic ctr jitterentropy_rng drbg ecdh_generic
  bluetooth hci_vhci uhid"

setup() {
  if is_set_up; then return; fi
  apt-get install -y --no-install-recommends \
    qemu-system-x86 busybox-static cpio zstd kmod bluez dbus iproute2 >/dev/null
  mkdir -p "$CACHE"
  local work package
  work=$(mktemp -d)
  trap 'rm -rf "$work"' RETURN
  package=$(apt-cache depends linux-image-amd64 | awk '/Depends:/ {print $2; exit}')
  (cd "$work" && apt-get download "$package" >/dev/null && dpkg-deb -x linux-image-*.deb kernel)
  depmod -b "$work/kernel" "$(ls "$work/kernel/lib/modules")"
  initramfs "$work"
  cp "$work"/kernel/boot/vmlinuz-* "$CACHE/vmlinuz"
  echo "$MODULES" >"$CACHE/modules"
  ls -l "$CACHE"
}

is_set_up() {
  local tool
  for tool in qemu-system-x86_64 busybox cpio zstd dbus-daemon /usr/libexec/bluetooth/bluetoothd; do
    command -v "$tool" >/dev/null || return 1
  done
  [[ -f $CACHE/vmlinuz && -f $CACHE/initramfs.zst && $(cat "$CACHE/modules" 2>/dev/null) == "$MODULES" ]]
}

initramfs() {
  local work=$1 root=$1/root
  mkdir -p "$root"/{bin,dev,proc,sys,host,memory,machine,modules}
  cp /bin/busybox "$root/bin/busybox"
  collect "$work"/kernel/lib/modules/* "$root/modules"
  (cd "$root" && find . | cpio --quiet -o -H newc -R 0:0 | zstd -q -f -o "$CACHE/initramfs.zst")
}

# Copies the modules and what they depend on, and writes the order in which to load them. A name that
# modules.dep does not know is built into the kernel.
collect() {
  local from=$1 to=$2 module
  declare -A done=()
  : >"$to/order"
  add() {
    local name=$1 line dependency
    [[ -z ${done[$name]:-} ]] || return 0
    done[$name]=1
    line=$(grep -m1 -E "/${name//[-_]/[-_]}\.ko(\.xz)?:" "$from/modules.dep" || true)
    [[ -n $line ]] || return 0
    for dependency in $(tr ' ' '\n' <<<"${line#*:}" | tac); do
      dependency=${dependency##*/}
      add "${dependency%%.ko*}"
    done
    cp "$from/${line%%:*}" "$to/"
    basename "${line%%:*}" >>"$to/order"
  }
  for module in $MODULES; do add "$module"; done
}

run() {
  local python=${1:-$ROOT/.venv/bin/python}
  python=$(cd "$(dirname "$python")" && pwd)/$(basename "$python")
  is_set_up || { echo "first: $0 setup" >&2; exit 2; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # The kernel reads archives one behind the other; so a changed init.sh needs no new setup.
  install -m 755 "$HERE/init.sh" "$work/init"
  (cd "$work" && echo init | cpio --quiet -o -H newc -R 0:0 | zstd -q | cat "$CACHE/initramfs.zst" - >initramfs)
  timeout "$LIMIT_S" qemu-system-x86_64 -machine q35,accel=$ACCELERATOR -cpu ${KAP_VM_CPU:-max} -smp 2 -m 1024 \
    -nodefaults -no-reboot -display none -serial stdio -nic none -device virtio-rng-pci \
    -kernel "$CACHE/vmlinuz" -initrd "$work/initramfs" \
    -append "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off kap_python=$python kap_root=$ROOT kap_script=$SCRIPT kap_risky=${KAP_VM_RISKY:-no}" \
    -fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap \
    -device virtio-9p-pci,fsdev=host,mount_tag=host | tee "$work/log"
  grep -q '^KAP_RESULT=0' "$work/log"
}

case ${1:-} in
  setup) setup ;;
  run) shift; run "$@" ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
