"""Judge who asks, and by which name: a request -> its host, whether it is this machine's own.

A web server that stands before this one says in headers whom it speaks for. None of them is
believed where that would open something: each name that a request has must be one of the
server's own, and whatever was passed on comes from elsewhere.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from ...core.errors import UsageError

#: Names of this machine for itself.
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

_PORTS = {"http": 80, "https": 443}
#: Headers by which a web server says that it passes a request on, besides X-Forwarded-….
_PASSED_ON = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip"}
)
#: What a name in a message may be made of: the rest is not repeated.
_SAYABLE = re.compile(r"[A-Za-z0-9._:\[\]-]{1,253}")
#: Connections of this machine by the system's own tables, of Linux alone.
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
#: User ids that systems give to services and to nobody (SYS_UID_MAX, UID_MAX of login.defs).
_SERVICES = (range(1, 1000), range(60001, 65536))


@dataclass(frozen=True, slots=True)
class Address:
    """Where browsers find a server that stands behind another one."""

    origin: str
    host: str
    #: What comes before each path: `/leaflets`, or nothing.
    path: str = ""

    def below(self, name: str) -> Address:
        """Return the address of a folder of this one."""
        return Address(self.origin, self.host, f"{self.path}/{name}")

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names under which this server answers: any other one is DNS rebinding."""

    names: frozenset[str]
    #: Whether any IP address will do, as where a machine listens on all of its own.
    addresses: bool
    #: Where browsers find it, if another web server stands before it.
    behind: Address | None = None

    def holds(self, header: str) -> bool:
        """Return whether a `Host` header names this server."""
        name = host_of(header)
        known = name in self.names or (self.behind is not None and name == self.behind.host)
        return known or (self.addresses and _ip(name) is not None)

    def unknown(self, headers: Headers) -> str | None:
        """Return the first name in a request that is not this server's; None where all are."""
        given = headers.getlist("host")
        if len(given) != 1:
            return ""
        asked = (*given, *_passed_names(headers))
        return next((name for name in asked if not self.holds(name)), None)

    def own_origins(self, headers: Headers) -> frozenset[str]:
        """Return the origins of pages that this server sent, of a request whose names are known.

        What another web server passes on comes from its address; all else from the name asked.
        """
        own = {self.behind.origin} if self.behind else set()
        host = headers["host"]
        if not is_passed_on(headers) and not (self.behind and host_of(host) == self.behind.host):
            own.add(origin_of(f"http://{host}"))
        return frozenset(own - {""})

    def shown(self) -> str:
        """Return the names for a message."""
        names = sorted(self.names - LOCAL)
        return ", ".join([*([self.behind.host] if self.behind else []), *names, "localhost"])


def hosts_of(host: str, named: Iterable[str] = (), behind: Address | None = None) -> Hosts:
    """Return the names of a server that listens on `host`, with others that were asked for."""
    given = {name.strip().rstrip(".").lower() for name in named}
    if host in LOCAL:
        return Hosts(LOCAL | given, addresses=False, behind=behind)
    own = socket.gethostname().lower()
    names = LOCAL | given | {host.lower(), own, f"{own}.local"}
    return Hosts(names, addresses=True, behind=behind)


def host_of(header: str) -> str:
    """Return the name in a `Host` header, without brackets and port; empty where there is none."""
    name, bracket, rest = header.strip().lower().partition("]")
    if bracket:
        name = name[1:] if name.startswith("[") and (not rest or rest[0] == ":") else ""
        return str(_ip(name) or name)
    name, _, port = name.partition(":")
    return name.rstrip(".") if not port or port.isdecimal() else ""


def origin_of(text: str) -> str:
    """Return an origin as browsers write it; empty where it is none.

    The case of letters, a dot behind a name and the port that a scheme has anyway make no other.
    """
    scheme, separator, rest = text.strip().partition("://")
    scheme = scheme.lower()
    host = host_of(rest)
    if not separator or scheme not in _PORTS or not host or re.search(r"[/?#@\s]", rest):
        return ""
    port = re.sub(r"^(\[[^\]]*\]|[^:]*):?", "", rest)
    if not re.fullmatch(r"[0-9]{0,5}", port):
        return ""
    shown = f"[{host}]" if ":" in host else host
    if not port or int(port) == _PORTS[scheme]:
        return f"{scheme}://{shown}"
    return f"{scheme}://{shown}:{int(port)}"


def read_address(text: str) -> Address:
    """Read the address that browsers ask for. Raises UsageError for what is none."""
    scheme, _, rest = text.strip().partition("://")
    host, slash, path = rest.partition("/")
    origin = origin_of(f"{scheme}://{host}")
    path = f"/{path}".rstrip("/") if slash else ""
    # Only what no server and no browser writes in another way.
    if (
        not origin
        or not host.isascii()
        or not re.fullmatch(r"(/[A-Za-z0-9_~-][\w.~-]*)*", path, re.A)
    ):
        raise UsageError(
            "",
            f"'{text}' is no address that browsers ask for",
            "write it as in their address bar, such as https://leaflets.clinic.example or "
            "https://clinic.example/leaflets",
        )
    return Address(origin, str(urlsplit(origin).hostname), path)


def sayable(name: str) -> str:
    """Return a name as a message may repeat it; empty for what is no name."""
    return name if _SAYABLE.fullmatch(name) else ""


def is_passed_on(headers: Headers) -> bool:
    """Return whether another web server has passed a request on, or claims to."""
    return any(name.startswith("x-forwarded") or name in _PASSED_ON for name in headers)


def names_of(headers: Headers) -> frozenset[str]:
    """Return the names that a request has: whom it is sent to, and was sent to before."""
    return frozenset(map(host_of, (*headers.getlist("host"), *_passed_names(headers))))


def _passed_names(headers: Headers) -> Iterator[str]:
    """Yield the names that a request was sent to before it was passed on."""
    for value in headers.getlist("x-forwarded-host"):
        yield from filter(None, map(str.strip, value.split(",")))
    for value in headers.getlist("forwarded"):
        for name in re.findall(r'(?i)(?:^|[;,])\s*host\s*=\s*("[^"]*"|[^;,\s]*)', value):
            yield name.strip('"')


def whom(scope: Scope) -> str:
    """Return who asks, for the log: the client, and for whom it says that it asks."""
    client = scope["client"][0] if scope.get("client") else "?"
    said = Headers(scope=scope).get("x-forwarded-for", "").rpartition(",")[2].strip()
    return f"{said} by {client}" if _ip(said.strip("[]")) else client


def is_local(scope: Scope, behind: bool = False) -> bool:
    """Return whether somebody at this machine asks, for nobody else.

    A web server at this machine asks from here for the whole network. It is told by what it
    adds to a request and, where it adds nothing, by the user it runs as: a service is nobody.
    Where the system does not tell that, and there is such a server (`behind`), nobody is local.
    """
    headers = Headers(scope=scope)
    client = scope["client"][0] if scope.get("client") else ""
    here = _ip(client)
    if here is None or not here.is_loopback or host_of(headers.get("host", "")) not in LOCAL:
        return False
    if is_passed_on(headers):
        return False
    users = _users(scope)
    return all(map(_is_person, users)) if users else not behind


def _is_person(user: int) -> bool:
    return user == os.getuid() or not any(user in those for those in _SERVICES)


def _users(scope: Scope) -> list[int]:
    """Return who holds the client's end of a connection within this machine, by user id."""
    if not scope.get("client") or not scope.get("server"):
        return []
    ports = f"{scope['client'][1]:04X}", f"{scope['server'][1] or 0:04X}"
    found = []
    for table in _TABLES:
        try:
            lines = table.read_text(encoding="ascii").splitlines()[1:]
        except (OSError, ValueError):
            continue
        for line in lines:
            _, local, remote, _, _, _, _, user, *_ = line.split()
            if (local.rpartition(":")[2], remote.rpartition(":")[2]) == ports:
                found.append(int(user))
    return found


def _ip(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return None
    # A socket for both families tells IPv4 so.
    return getattr(found, "ipv4_mapped", None) or found
