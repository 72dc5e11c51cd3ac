"""The vault of a computer: its file, its passphrase, what may keep its key, the command."""

import io
import json
import stat
import sys

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from vault_parts import NOTE, PASSPHRASE, Computers, make_encrypted, write_passphrase

from kapmonitor.cli import main
from kapmonitor.errors import VaultError
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import NoteAdded
from kapmonitor.vault import age, keychain, keys
from kapmonitor.vault.held import HELD
from kapmonitor.vault.home import load_vault, vault_file, vault_folder
from kapmonitor.vault.keyfile import beside, dump, read, wrap
from kapmonitor.vault.passphrase import Sealed, seal, unseal
from kapmonitor.vault.passphrasefile import NAMED_FILE, passphrase_from_file
from kapmonitor.vault.status import PLAIN

CLINIC = "age1r5razcupklck5fnf33c662drc6knpm43reymz2669je6dkc5epjssryz6u"


@pytest.fixture
def computers(tmp_path, monkeypatch):
    found = Computers(tmp_path, monkeypatch)
    found.use("here")
    yield found
    HELD.forget()


@pytest.fixture
def say(monkeypatch, capsys):
    """Run a command with lines on standard input: its exit status, output and errors."""

    def run(*words, lines=()):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        status = main([*map(str, words)])
        done = capsys.readouterr()
        return status, done.out, done.err

    return run


def note_of(path):
    with RecordReader(path) as reader:
        events = [row.stamped.event for row in reader.events()]
    return next(event.text for event in events if isinstance(event, NoteAdded))


class Safe(KeyringBackend):
    """Stands for the operating system's own: its module is set to one of theirs."""

    priority = 5

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password


Safe.__module__ = "keyring.backends.SecretService"


class Plaintext(Safe):
    priority = 9


Plaintext.__module__ = "keyrings.alt.file"
KeyringBackend._classes -= {Safe, Plaintext}  # which every backend enters by itself; other tests have none


def test_stores_that_keep_nothing_or_in_the_clear_are_refused():
    assert keychain.best_of([NullKeyring(), FailKeyring(), ChainerBackend(), Plaintext()]) is None
    safe = Safe()
    assert keychain.best_of([Plaintext(), safe, NullKeyring()]) is safe


def test_with_a_store_of_secrets_nobody_is_asked(computers, tmp_path, monkeypatch, say):
    store = Safe()
    monkeypatch.setattr(keychain, "keychain", lambda: store)
    computers.set_up("here")
    path = make_encrypted(tmp_path / "a.kap", 3)
    computers.use("here")
    assert note_of(path) == NOTE
    assert "own store of secrets" in say("vault")[1]
    ((_, recipient),) = store.kept
    assert recipient == load_vault().station.recipient


def test_a_passphrase_opens_what_it_sealed_and_no_other_does():
    sealed = seal("a secret", "caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait")
    assert unseal(sealed, "cafe\N{COMBINING ACUTE ACCENT} au lait") == "a secret"
    assert unseal(sealed, "cafe au lait") is None
    changed = Sealed(sealed.salt, 3, 4, sealed.memory_kib, sealed.nonce, sealed.data[:-1] + b"x")
    assert unseal(changed, "caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait") is None


@pytest.mark.parametrize("asked", [(0, 4, 64), (3, 4, 2**31), (10**6, 1, 64), (3, 0, 64)])
def test_a_file_may_not_ask_for_any_amount_of_memory(asked):
    with pytest.raises(ValueError, match="more memory or time"):
        Sealed(b"", *asked, b"", b"")


def test_setting_it_up_shows_the_recovery_identity_once(computers, say):
    status, out, _ = say("vault")
    assert (status, out) == (1, f"{PLAIN}\n")
    status, out, err = say("vault", "setup", lines=[PASSPHRASE])
    assert (status, err) == (0, "")
    said = dict(line.split(": ", 1) for line in out.splitlines() if line.startswith("recovery"))
    assert age.recipient_of(said["recovery identity"]) == said["recovery key"] == load_vault().recovery
    files = [path for path in vault_folder().rglob("*") if path.is_file()]
    assert files == [vault_file()]
    assert stat.S_IMODE(vault_file().stat().st_mode) == 0o600 or sys.platform == "win32"
    text = vault_file().read_text("utf-8")
    assert "AGE-SECRET-KEY" not in text
    assert PASSPHRASE not in text
    status, out, _ = say("vault", "status")
    assert status == 0
    assert "AGE-SECRET-KEY" not in out
    status, _, err = say("vault", "setup", lines=[PASSPHRASE])
    assert status == 2
    assert "is there already" in err


def test_a_clinics_own_recovery_key_is_taken(computers, say):
    status, out, _ = say("vault", "setup", "--recovery", CLINIC, lines=[PASSPHRASE])
    assert status == 0
    assert "recovery identity" not in out
    assert load_vault().recovery == CLINIC


@pytest.mark.parametrize(
    ("words", "lines", "said"),
    [
        (("setup",), ["short"], "fewer than 12"),
        (("setup",), [], "came on standard input"),
        (("setup", "--recovery", "AGE-SECRET-KEY-1"), [PASSPHRASE], "begins with age1"),
        (("recover",), [], "name the record"),
        (("passphrase",), [], "vault setup makes a vault"),
    ],
)
def test_what_cannot_be_done_is_told(computers, say, words, lines, said):
    status, _, err = say("vault", *words, lines=lines)
    assert status == 2
    assert said in err
    assert not vault_file().exists()


def test_no_secret_is_an_argument(capsys):
    with pytest.raises(SystemExit):
        main(["vault", "--help"])
    told = capsys.readouterr().out
    assert "--passphrase" not in told
    assert "--identity" not in told


@pytest.mark.parametrize("secret", ["passphrase", "recovery"])
def test_a_record_from_elsewhere_is_recovered(computers, tmp_path, say, secret):
    recovery = computers.set_up("there")
    path = make_encrypted(tmp_path / "a.kap", 3)
    computers.use("here")
    status, _, err = say("verify", path)
    assert status == 2
    assert "nothing on this computer opens it" in err
    assert say("vault", "setup", lines=["another passphrase"])[0] == 0
    status, _, err = say("vault", "recover", path, lines=["a wrong passphrase"])
    assert status == 2
    assert "neither" in err
    status, out, _ = say("vault", "recover", path, lines=[PASSPHRASE if secret == "passphrase" else recovery])
    assert status == 0
    assert "opens on this computer now" in out
    assert say("verify", path)[0] == 0


def test_another_passphrase_holds_for_the_key_files_too(computers, tmp_path, say, monkeypatch):
    computers.set_up("here")
    records = tmp_path / "here" / "kapmonitor" / "records"
    records.mkdir(parents=True)
    path = make_encrypted(records / "a.kap", 3)
    HELD.forget()
    assert say("vault", "passphrase", lines=["not the one it has", "a newer passphrase"])[0] == 2
    status, out, err = say("vault", "passphrase", lines=[PASSPHRASE, "a newer passphrase"])
    assert (status, err) == (0, "")
    assert "2 key files" in out
    for passphrase, opens in ((PASSPHRASE, False), ("a newer passphrase", True)):
        HELD.forget()
        stations = (*read(beside(path), path).stations, load_vault().station)
        assert [keys.unlock((station,), passphrase) for station in stations] == [opens, opens]
    assert note_of(path) == NOTE


def test_a_damaged_vault_is_not_taken_for_none(computers, say):
    computers.set_up("here")
    text = vault_file().read_text("utf-8")
    renamed, other = text.replace("iterations", "iteration"), text.replace("age1", "age2")
    for damaged in ("", text[:-20], renamed, other, "[]"):
        vault_file().write_text(damaged, "utf-8")
        with pytest.raises(VaultError):
            load_vault()
    vault_file().write_text(json.dumps({**json.loads(text), "kapmonitor-vault": 2}))
    with pytest.raises(VaultError, match="newer version"):
        load_vault()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_passphrase_file_that_others_may_read_is_refused(tmp_path, monkeypatch):
    file = write_passphrase(tmp_path / "word")
    monkeypatch.setenv(NAMED_FILE, str(file))
    assert passphrase_from_file() == PASSPHRASE
    file.chmod(0o640)
    with pytest.raises(VaultError, match="readable by others"):
        passphrase_from_file()
    file.unlink()
    with pytest.raises(VaultError, match="cannot be read"):
        passphrase_from_file()


def test_a_key_file_survives_being_written_and_read(computers, tmp_path):
    computers.set_up("here")
    vault = load_vault()
    path = tmp_path / "a.kap"
    key = keys.new_key(path, vault)
    made = read(beside(path), path)
    assert made.stations == (vault.station,)
    assert made.recovery == (vault.recovery,)
    again = wrap(key, made.stations, made.recovery)
    assert json.loads(dump(again)).keys() == json.loads(beside(path).read_text()).keys()
