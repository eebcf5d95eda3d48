from socket import AF_UNIX, SOCK_DGRAM, socket

import pytest

from aggregator.systemd import Manager


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_the_manager_hears_what_it_is_told(kind, tmp_path):
    address = str(tmp_path / "notify") if kind == "path" else f"@{tmp_path}"
    with socket(AF_UNIX, SOCK_DGRAM) as listener:
        listener.bind(address.replace("@", "\0"))
        listener.settimeout(10)
        manager = Manager.of({"NOTIFY_SOCKET": address})
        manager.ready()
        manager.alive()
        manager.status("two\nlines")
        manager.stopping()
        manager.reloading()
        told = [listener.recv(4096).decode() for _ in range(5)]

    assert told[:4] == ["READY=1", "WATCHDOG=1", "STATUS=two lines", "STOPPING=1"]
    assert told[4].startswith("RELOADING=1\nMONOTONIC_USEC=")


def test_nobody_need_listen(tmp_path):
    Manager.of({}).ready()
    Manager(str(tmp_path / "nobody")).ready()
