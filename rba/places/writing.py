"""Writes a database in MaxMind's format (DB format 2.0) out of sorted networks: two arrays for the tree, no library."""

import struct
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

BITS = 128  # IPv4 stands below ::/96
EMPTY = 0xFFFFFFFF  # a branch without anything; node numbers stay far below
MARK = b"\xab\xcd\xefMaxMind.com"
SEPARATOR = 16
Network = tuple[int, int]  # the first address as a number of 128 bits, and the length of the prefix


class _Tree:
    """A binary tree of prefixes. Each insertion goes on from the node that it shares with the one before."""

    def __init__(self) -> None:
        self.branches = (array("I", [EMPTY]), array("I", [EMPTY]))
        self.path = [0] * (BITS + 1)
        self.last = (0, 0)

    def insert(self, network: Network, value: int) -> None:
        start, length = network
        shared = BITS - (start ^ self.last[0]).bit_length()
        depth = min(shared, self.last[1] - 1 if self.last[1] else 0, length - 1)
        node = self.path[depth]
        while depth < length - 1:
            side = self.branches[start >> (BITS - 1 - depth) & 1]
            if side[node] == EMPTY:
                side[node] = len(side)
                for branch in self.branches:
                    branch.append(EMPTY)
            node = side[node]
            depth += 1
            self.path[depth] = node
        self.branches[start >> (BITS - length) & 1][node] = value
        self.last = network


def write(path: Path, networks: Iterable[tuple[Network, Mapping[str, Any]]], metadata: Mapping[str, Any]) -> int:
    """Write sorted networks that do not overlap, each with its record; returns how many. Each record is kept once."""
    tree, data, places, count = _Tree(), bytearray(), {}, 0
    values: list[int] = []
    for network, record in networks:
        key = repr(record)
        if key not in places:
            places[key] = len(values)
            values.append(len(data))
            data += encoded(record)
        tree.insert(network, EMPTY - 1 - places[key])
        count += 1
    left, right = tree.branches
    nodes = len(left)
    with path.open("wb") as out:
        for pair in zip(left, right, strict=True):
            out.write(struct.pack(">II", *(_pointer(branch, nodes, values) for branch in pair)))
        out.write(bytes(SEPARATOR) + bytes(data) + MARK + encoded(_about(metadata, nodes)))
    return count


def _pointer(branch: int, nodes: int, values: list[int]) -> int:
    if branch == EMPTY:
        return nodes
    return branch if branch < nodes else nodes + SEPARATOR + values[EMPTY - 1 - branch]


def _about(metadata: Mapping[str, Any], nodes: int) -> dict[str, Any]:
    return {
        **metadata,
        "node_count": Sized(6, nodes),
        "record_size": Sized(5, 32),
        "ip_version": Sized(5, 6),
        "binary_format_major_version": Sized(5, 2),
        "binary_format_minor_version": Sized(5, 0),
    }


class Sized(int):
    """A number in one of the format's own sizes: 5 for 16 bits, 6 for 32, 9 for 64."""

    type: int

    def __new__(cls, kind: int, value: int) -> "Sized":
        made = super().__new__(cls, value)
        made.type = kind
        return made


def encoded(value: Any) -> bytes:
    """A value in the format's data section."""
    if isinstance(value, str):
        text = value.encode()
        return _head(2, len(text)) + text
    if isinstance(value, int):
        number = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _head(value.type if isinstance(value, Sized) else 6, len(number)) + number
    if isinstance(value, Mapping):
        return _head(7, len(value)) + b"".join(encoded(key) + encoded(one) for key, one in value.items())
    return _head(11, len(value)) + b"".join(encoded(one) for one in value)


def _head(kind: int, size: int) -> bytes:
    extended = bytes([kind - 7]) if kind > 7 else b""
    first = kind << 5 if kind <= 7 else 0
    if size < 29:
        return bytes([first | size]) + extended
    if size < 29 + 256:
        return bytes([first | 29]) + extended + bytes([size - 29])
    raise ValueError("longer than this format's short texts")
