"""Confines a command and its children by Landlock: ``python -m lake.confine RULES COMMAND…``.

Landlock is part of Linux (5.13 and newer) and needs no privileges. A process and its children permanently lose access
to all files and ports except those in the rules, and cannot signal processes outside
(https://docs.kernel.org/userspace-api/landlock.html). Python has no binding for it, so the three calls are made here.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_NO_NEW_PRIVILEGES, _DROP_FROM_BOUNDING_SET = 38, 24
_CAPABILITIES = 41
_PATH_BENEATH, _PORT = 1, 2
_ABI_OF_PORTS, _ABI_OF_SIGNALS = 4, 6
# Rights on files, by the version of the interface that added them.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_FILES_BY_ABI = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_ONLY_FOLDERS = _READ_FOLDER | ((1 << 14) - (1 << 4))
_BIND, _CONNECT = 1, 2
_ABSTRACT_SOCKETS, _SIGNALS = 1, 2


@dataclass(frozen=True)
class Rules:
    """What a confined command may access: paths with everything below them, and TCP ports.

    With ``ports`` None the network is not restricted.
    """

    read: tuple[str, ...]
    run: tuple[str, ...]
    write: tuple[str, ...]
    ports: tuple[int, ...] | None


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("ports", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Path(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("descriptor", ctypes.c_int32))


class _Port(ctypes.Structure):
    _fields_ = (("allowed", ctypes.c_uint64), ("port", ctypes.c_uint64))


_libc = ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def landlock_version() -> int:
    """The version of the Landlock interface of this kernel; 0 where it has none."""
    if sys.platform != "linux":
        return 0
    try:
        return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except OSError:
        return 0


def is_possible() -> bool:
    """Whether this kernel can restrict both files and ports."""
    return landlock_version() >= _ABI_OF_PORTS


def confined_command(command: list[str], rules: Rules) -> list[str]:
    """The command line that runs ``command`` with these restrictions."""
    return [sys.executable, "-P", str(Path(__file__)), json.dumps(asdict(rules)), *command]


# What follows runs in the confined process, which can write no measurement of its coverage.
def restrict(rules: Rules) -> None:  # pragma: no cover
    """Confines this process and its children permanently. Raises OSError where the kernel cannot."""
    abi = landlock_version()
    files = sum(bits for since, bits in _FILES_BY_ABI.items() if since <= abi)
    ports = (_BIND | _CONNECT) if rules.ports is not None and abi >= _ABI_OF_PORTS else 0
    scoped = (_ABSTRACT_SOCKETS | _SIGNALS) if abi >= _ABI_OF_SIGNALS else 0
    attributes = _Ruleset(files, ports, scoped)
    size = 8 * (1 + (abi >= _ABI_OF_PORTS) + (abi >= _ABI_OF_SIGNALS))
    ruleset = _call(_CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0))
    reading = _READ_FILE | _READ_FOLDER
    _allow(ruleset, rules.read, reading)
    _allow(ruleset, rules.run, reading | _EXECUTE)
    _allow(ruleset, rules.write, files & ~_EXECUTE)
    for port in rules.ports if ports and rules.ports else ():
        _add(ruleset, _PORT, _Port(_BIND | _CONNECT, port))
    for capability in range(_CAPABILITIES):  # with these, root could read other processes
        _libc.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)
    if _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _call(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


def _allow(ruleset: int, paths: Iterable[str], rights: int) -> None:  # pragma: no cover
    for path in paths:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        is_folder = Path(path).is_dir()
        _add(ruleset, _PATH_BENEATH, _Path(rights if is_folder else rights & ~_ONLY_FOLDERS, descriptor))
        os.close(descriptor)


def _add(ruleset: int, kind: int, rule: ctypes.Structure) -> None:  # pragma: no cover
    _call(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(kind), ctypes.byref(rule), ctypes.c_uint32(0))


if __name__ == "__main__":  # pragma: no cover
    parsed = json.loads(sys.argv[1])
    ports = parsed["ports"]
    restrict(
        Rules(
            read=tuple(parsed["read"]),
            run=tuple(parsed["run"]),
            write=tuple(parsed["write"]),
            ports=None if ports is None else tuple(ports),
        )
    )
    os.execvp(sys.argv[2], sys.argv[2:])
