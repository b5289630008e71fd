"""The engine-free C# core, beside the Python decoder that it must agree with."""

import random
import struct
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.osc import Message, decode, encode
from avatar_driver.protocols.vmc import Assembler
from tests.osc_peers import bundled, golden, meaning
from tests.plugins.unity.golden_csharp import spelled
from tests.plugins.unity.mono import said

GOLDEN = [packet for name in ("osc", "vmc", "vrchat", "osc_refused") for _, packet, _ in golden(name)]

TEXTS = """
    c280 c1bf c080 dfbf e0a080 e09fbf ed9fbf eda080 efbfbf f0908080 f08fbfbf f48fbfbf f4908080 f5808080
    c3 e381 e38141 f09f98 f09f9880 80 41c328 ff
"""  # the borders of what is UTF-8, from both sides


def by_python(packet: bytes) -> list[str]:
    try:
        return [spelled(message) for message in decode(packet)]
    except DecodeError:
        return ["refused"]


def check_agreement(built: Path, packets: list[bytes]) -> int:
    """Every verdict is Python's, but that C# leaves out a message of unused types where Python refuses the packet."""
    lines = said(built / "harness.exe", "decode", given="".join(f"{packet.hex()}\n" for packet in packets))
    assert len(lines) == len(packets)
    refused = 0
    for packet, line in zip(packets, lines, strict=True):
        skipped, *messages = line.split("\t")
        expected = by_python(packet)
        refused += expected == ["refused"]
        if skipped == "0" or messages == ["refused"]:
            assert [message for message in messages if message] == expected, packet.hex()
        else:
            assert expected == ["refused"], packet.hex()
    return refused


def mutated(chance: random.Random) -> bytes:
    packet = bytearray(chance.choice(GOLDEN))
    for _ in range(chance.randrange(4)):
        if packet:
            packet[chance.randrange(len(packet))] = chance.choice(
                (0, 1, 4, 7, 0x2C, 0x2F, 0x66, 0x7F, 0x80, 0xC3, 0xED, 0xFF)
            )
    if chance.random() < 0.2:
        del packet[chance.randrange(len(packet) + 1) :]
    if chance.random() < 0.3:
        body = bytes(packet) + bytes(-len(packet) % 4)
        packet = bytearray(b"#bundle\0" + bytes(7) + b"\1" + struct.pack(">i", len(body)) + body)
    return bytes(packet)


def test_every_golden_packet_means_what_the_file_says(built: Path) -> None:
    packets = [(packet, meaning(told)) for name in ("osc", "vmc", "vrchat") for _, packet, told in golden(name)]
    lines = said(built / "harness.exe", "decode", given="".join(f"{packet.hex()}\n" for packet, _ in packets))
    for line, (_, messages) in zip(lines, packets, strict=True):
        assert [said_so for said_so in line.split("\t")[1:] if said_so] == [spelled(message) for message in messages]


def test_every_golden_packet_and_every_truncation_of_it_reads_as_in_python(built: Path) -> None:
    packets = [packet[:end] for packet in GOLDEN for end in range(len(packet) + 1)]
    refused = check_agreement(built, packets)
    assert 0.5 * len(packets) < refused < len(packets)


def test_text_is_utf_8_or_refused_as_in_python(built: Path) -> None:
    texts = [bytes.fromhex(text) for text in TEXTS.split()]
    packets = [b"/" + text + bytes(4 - (1 + len(text)) % 4) + b",\0\0\0" for text in texts]
    assert check_agreement(built, packets) == 14


def test_bundles_lie_in_each_other_as_deep_as_in_python(built: Path) -> None:
    packets = [b"/a\0\0,\0\0\0"]
    for _ in range(6):
        packets.append(b"#bundle\0" + bytes(7) + b"\1" + struct.pack(">i", len(packets[-1])) + packets[-1])
    assert check_agreement(built, packets) == 2


def test_mutated_packets_read_as_in_python(built: Path) -> None:
    chance = random.Random(20261)
    packets = [mutated(chance) for _ in range(8000)]
    refused = check_agreement(built, packets)
    assert 1000 < refused < 7000


def test_no_random_packet_throws_or_is_read_beyond_its_end(built: Path) -> None:
    good, bad, faces = map(int, said(built / "harness.exe", "fuzz", 50_000, 7)[0].split())
    assert good + bad == 50_000
    assert min(good, bad) > 5_000
    assert faces > 250


NAMES = st.sampled_from(("JawOpen", "jawOpen", "A", "é", "", "EyeBlinkLeft"))
NUMBERS = st.one_of(st.floats(width=32, allow_nan=False, allow_infinity=False), st.sampled_from((0.0, 0.5, 1.0, 2.0)))
POSES = st.lists(st.floats(-2, 2, width=32), min_size=6, max_size=8)
MESSAGES = st.one_of(
    st.builds(lambda name, number: Message("/VMC/Ext/Blend/Val", (name, number)), NAMES, NUMBERS),
    st.builds(lambda name, *rest: Message("/VMC/Ext/Blend/Val", (name, *rest)), NAMES, st.integers(0, 1)),
    st.builds(lambda name, pose: Message("/VMC/Ext/Bone/Pos", (name, *pose)), st.sampled_from(("Head", "Neck")), POSES),
    st.builds(lambda state: Message("/VMC/Ext/OK", tuple(state)), st.lists(st.integers(0, 1), max_size=5)),
    st.builds(lambda time: Message("/VMC/Ext/T", (time,)), st.floats(0, 100, width=32)),
    st.builds(lambda: Message("/VMC/Ext/Blend/Apply")),
    st.builds(lambda: Message("/VMC/Ext/Other", (1.0,))),
)


def bits(number: float) -> str:
    return struct.pack(">f", number + 0.0).hex()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(MESSAGES, min_size=1, max_size=12), min_size=1, max_size=40))
def test_the_assembler_says_what_the_python_one_says(built: Path, bundles: list[list[Message]]) -> None:
    packets = [encode(bundle[0]) if len(bundle) == 1 else bundled(bundle) for bundle in bundles]
    lines = iter(said(built / "harness.exe", "assemble", given="".join(f"{packet.hex()}\n" for packet in packets)))
    assembler = Assembler()
    for packet in packets:
        faces = assembler.faces(packet)
        line = next(lines)
        assert bool(line) == bool(faces)
        if not line:
            continue
        assert next(lines) == ""
        tracked, time, *words = line.split("\t")
        found = dict(word.rsplit("=", 1) for word in words)
        face = faces[-1]  # of several in one packet a game sees the newest
        assert (tracked == "tracked", time) == (face.tracked, bits(face.time))
        assert {name: found[name] for name in found if "," not in found[name]} == {
            name: bits(weight) for name, weight in face.weights.items()
        }
        poses = {name: [struct.unpack(">f", bytes.fromhex(one))[0] for one in found[name].split(",")]
                 for name in found if "," in found[name]}  # fmt: skip
        assert set(poses) == set(face.bones)
        for name, bone in face.bones.items():
            np.testing.assert_allclose(poses[name], [*bone.position, *bone.rotation], atol=1e-6)


def test_a_warm_receiver_allocates_nothing_for_a_packet(built: Path) -> None:
    allocated, collections, _ = said(built / "harness.exe", "allocate", 100_000)[0].split()
    assert int(allocated) < 4096  # what the measurement itself takes
    assert int(collections) == 0


def test_a_warm_receiver_allocates_nothing_for_a_datagram(built: Path) -> None:
    received, grown, collections = map(int, said(built / "harness.exe", "allocate-udp", 20_000)[0].split())
    assert received > 19_000
    assert grown < 100_000  # 5 bytes a datagram; the smallest object there is takes 16
    assert collections == 0


def test_socket_errors_do_not_end_it(built: Path) -> None:
    assert said(built / "harness.exe", "survive") == [
        "before 0", "refused 1", "face", "closed 2", "face", "frames 3",
    ]  # fmt: skip
