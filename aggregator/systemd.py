"""EDGE: what the service manager is told, over the datagram socket that it names (sd_notify(3)).

Where none is named, as in a terminal or a container, nobody is told anything.
"""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Self


class Manager:
    """The manager of this service, if there is one.

    What cannot be told is not: a manager that does not listen is no reason to stop.
    """

    def __init__(self, address: str | None) -> None:
        """Take the socket's path; ``@`` begins one in the abstract namespace."""
        self._address = address and address.replace("@", "\0", 1)

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the manager that the environment names."""
        return cls(environment.get("NOTIFY_SOCKET"))

    def ready(self) -> None:
        """Tell that the service works, at the start or again with a new configuration."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """Tell that the configuration is being read again; ``ready`` ends it."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def alive(self) -> None:
        """Tell the watchdog that work goes on."""
        self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """Say in a line how it is: ``systemctl status`` shows it."""
        self._tell(f"STATUS={text}".replace("\n", " "))

    def stopping(self) -> None:
        """Tell that the service is ending."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire,
        ):
            wire.setblocking(False)
            wire.sendto(message.encode(), self._address)
