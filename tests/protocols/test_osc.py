"""OSC: golden bytes, python-osc and liblo as judges, and nothing but DecodeError for what is broken."""

import math
import select
import shutil
import socket
import struct
import subprocess
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.osc import DATAGRAM_BYTES, Argument, Message, Template, decode, encode
from tests.osc_peers import built, bundled, golden, meaning, parsed

HEADER_BYTES = 16

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
arguments = st.one_of(
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    texts,
    st.binary(min_size=1, max_size=10),
)
messages = st.builds(Message, texts.map("/{}".format), st.lists(arguments, max_size=6).map(tuple))


def vectors(*files: str) -> list[Any]:
    return [pytest.param(packet, means, id=name) for file in files for name, packet, means in golden(file)]


# --- decoding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("packet", "means"), vectors("osc", "vmc", "vrchat"))
def test_every_golden_packet_is_read_as_it_is_meant(packet: bytes, means: Any) -> None:
    found = decode(packet)

    assert found == meaning(means)
    for ours, theirs in zip(found, meaning(means), strict=True):
        # 1 == 1.0 == True in Python; on the wire they are three things.
        assert [type(argument) for argument in ours.args] == [type(argument) for argument in theirs.args]


@pytest.mark.parametrize(("packet", "reason"), vectors("osc_refused"))
def test_every_bad_golden_packet_is_refused(packet: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=r"expected .+ at byte .+, found .+"):
        decode(packet)


@given(messages)
def test_what_was_encoded_is_decoded_unchanged(message: Message) -> None:
    assert decode(encode(message)) == [message]


@given(st.lists(messages, min_size=1, max_size=8))
def test_python_osc_reads_a_bundle_as_we_do(sent: list[Message]) -> None:
    packet = bundled(sent)

    assert decode(packet) == parsed(packet) == sent


@given(messages)
def test_every_truncation_of_a_message_is_refused(message: Message) -> None:
    packet = encode(message)
    bare = len(encode(Message(message.address))) - 4

    for length in range(len(packet)):
        if length == bare:
            # The one cut that leaves a sound message: old senders leave out the type tags.
            assert decode(packet[:length]) == [Message(message.address)]
        else:
            with pytest.raises(DecodeError):
                decode(packet[:length])


@given(st.lists(messages, max_size=5))
def test_a_truncated_bundle_is_refused_or_ends_after_a_whole_message(sent: list[Message]) -> None:
    packet = bundled(sent)

    for length in range(len(packet)):
        try:
            found = decode(packet[:length])
        except DecodeError:
            continue
        assert found == sent[: len(found)]
        assert len(found) < len(sent)


@given(st.binary(max_size=200), st.sampled_from([b"", b"/a\0\0", b"/a\0\0,fis", b"#bundle\0", b"#bundle\0" + bytes(8)]))
def test_random_bytes_raise_nothing_but_decode_errors_and_give_finite_numbers(noise: bytes, start: bytes) -> None:
    try:
        found = decode(start + noise)
    except DecodeError:
        return
    assert all(math.isfinite(argument) for message in found for argument in message.args if isinstance(argument, float))


@given(st.sampled_from(golden("vmc") + golden("vrchat") + golden("osc")), st.data())
def test_flipped_bytes_raise_nothing_but_decode_errors_and_give_finite_numbers(
    vector: Any, data: st.DataObject
) -> None:
    packet = bytearray(vector[1])
    for at in data.draw(st.lists(st.integers(0, len(packet) - 1), min_size=1, max_size=4)):
        packet[at] = data.draw(st.integers(0, 255))
    try:
        found = decode(bytes(packet))
    except DecodeError:
        return
    assert all(math.isfinite(argument) for message in found for argument in message.args if isinstance(argument, float))


def test_a_refusal_says_at_which_byte() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(b"/a\0\0,if\0\0\0\0\1" + struct.pack(">f", math.nan))

    assert caught.value.offset == 12
    assert str(caught.value) == "expected a finite number at byte 12, found nan"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("element of size 0", "expected a size that is a multiple of 4 from 4 to 0 at byte 16, found 0"),
        ("blob longer than the packet", "expected a blob of at most 0 bytes at byte 8, found 2147483647"),
        ("five bundles in each other", "expected at most 4 bundles in each other at byte 80, found one more"),
    ],
)
def test_a_refusal_names_the_first_thing_that_is_wrong(name: str, sentence: str) -> None:
    (packet,) = [packet for found, packet, _ in golden("osc_refused") if found == name]

    with pytest.raises(DecodeError) as caught:
        decode(packet)

    assert str(caught.value) == sentence


def test_four_bundles_in_each_other_are_read() -> None:
    packet = encode(Message("/deep"))
    for _ in range(4):
        packet = b"#bundle\0" + bytes(8) + struct.pack(">i", len(packet)) + packet

    assert decode(packet) == [Message("/deep")]


def test_a_packet_that_is_all_bundles_in_bundles_does_not_exhaust_the_stack() -> None:
    packet = b""
    while len(packet) < 65_000:
        packet = b"#bundle\0" + bytes(8) + struct.pack(">i", len(packet)) + packet

    with pytest.raises(DecodeError, match="bundles in each other"):
        decode(packet)


# --- encoding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("packet", "means"), [v for v in vectors("osc", "vmc", "vrchat") if not v.values[0].startswith(b"#bundle")]
)
def test_every_golden_message_is_written_byte_for_byte(packet: bytes, means: Any) -> None:
    (message,) = meaning(means)

    # What we write always has type tags.
    assert encode(message) == (packet if b"," in packet else packet + b",\0\0\0")


@pytest.mark.parametrize(
    ("packet", "means"), [v for v in vectors("vmc", "vrchat") if v.values[0].startswith(b"#bundle")]
)
def test_every_golden_bundle_is_written_byte_for_byte(packet: bytes, means: Any) -> None:
    assert Template(meaning(means)).packets() == [packet]


@given(messages)
def test_messages_are_python_oscs(message: Message) -> None:
    assert encode(message) == built(message).dgram


@pytest.mark.parametrize(
    "message",
    [
        Message("no/slash"),
        Message(""),
        Message("/nul\0in/address"),
        Message("/a", ("nul\0in text",)),
        Message("/surrogate\ud800"),
        Message("/a", ("\ud800",)),
        Message("/a", (2**31,)),
        Message("/a", (-(2**31) - 1,)),
        Message("/a", (1e39,)),
    ],
)
def test_what_cannot_be_written_is_a_value_error(message: Message) -> None:
    with pytest.raises(ValueError, match=r".+"):
        encode(message)


# --- templates --------------------------------------------------------------------------------------------------------

_REDRAWN: dict[type, st.SearchStrategy[Argument]] = {
    bool: st.booleans(),
    int: st.integers(-(2**31), 2**31 - 1),
    float: st.floats(width=32, allow_nan=False, allow_infinity=False),
}


def redrawn(message: Message, data: st.DataObject) -> Message:
    """The same message with other numbers and flags, as a template is overwritten."""
    return Message(message.address, tuple(data.draw(_REDRAWN.get(type(a), st.just(a))) for a in message.args))


def of_type(kind: type, sent: list[Message]) -> list[Any]:
    return [argument for message in sent for argument in message.args if type(argument) is kind]


def overwrite(template: Template, sent: list[Message]) -> None:
    template.write(floats=of_type(float, sent), integers=of_type(int, sent), flags=of_type(bool, sent))


@given(st.lists(messages, min_size=1, max_size=8), st.data())
def test_an_overwritten_template_is_byte_for_byte_what_python_osc_builds(first: list[Message], data: Any) -> None:
    template = Template(first, limit=65_507)
    second = [redrawn(message, data) for message in first]

    overwrite(template, second)

    assert template.packets() == [bundled(second)]
    overwrite(template, first)
    assert template.packets() == [bundled(first)]


@given(st.lists(messages, min_size=1, max_size=12), st.integers(200, 500), st.data())
def test_bundles_are_filled_in_order_and_never_beyond_the_limit(sent: list[Message], limit: int, data: Any) -> None:
    sent = [message for message in sent if len(encode(message)) + 4 + HEADER_BYTES <= limit]
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(sent), max_size=len(sent))), np.bool_)
    template = Template(sent, limit=limit)

    for packets, expected in [
        (template.packets(), sent),
        (template.packets(chosen), [message for message, go in zip(sent, chosen, strict=True) if go]),
    ]:
        groups = [parsed(packet) for packet in packets]
        assert [message for group in groups for message in group] == expected
        assert packets == [bundled(group) for group in groups]
        assert all(group for group in groups)
        assert all(len(packet) <= limit for packet in packets)
        for packet, following in zip(packets, groups[1:], strict=False):
            # Greedy: the next bundle's first message would not have fitted into this one.
            assert len(packet) + 4 + len(encode(following[0])) > limit


@given(st.lists(messages, min_size=1, max_size=8), st.data())
def test_chosen_messages_carry_the_newest_values(first: list[Message], data: Any) -> None:
    template = Template(first, limit=65_507)
    second = [redrawn(message, data) for message in first]
    at = data.draw(st.integers(0, len(first) - 1))
    overwrite(template, second)

    assert template.packets(np.arange(len(first)) == at) == [bundled([second[at]])]
    assert template.packets(np.zeros(len(first), np.bool_)) == []


def test_packets_once_given_out_do_not_change() -> None:
    template = Template([Message("/a", (1.0,))])
    before = template.packets()
    copies = [bytes(packet) for packet in before]

    template.write(floats=[2.0])

    assert before == copies
    assert template.packets() != copies


def test_a_wrong_number_of_values_is_refused_instead_of_stretched() -> None:
    template = Template([Message("/a", (1.0, 1, True)), Message("/b", (2.0, 2, False))])

    with pytest.raises(ValueError, match="2 floats"):
        template.write(floats=[1.0])
    with pytest.raises(ValueError, match="2 floats"):
        template.write(floats=1.0)
    with pytest.raises(ValueError, match="2 integers"):
        template.write(integers=[1, 2, 3])
    with pytest.raises(ValueError, match="2 flags"):
        template.write(flags=[True])


def test_a_message_too_long_for_a_packet_is_refused() -> None:
    longest = DATAGRAM_BYTES - HEADER_BYTES - 4 - 4
    assert len(Template([Message("/" + "a" * (longest - 2))]).packets()[0]) == DATAGRAM_BYTES

    with pytest.raises(ValueError, match="too many for a packet of 1472"):
        Template([Message("/" + "a" * longest)])


# --- liblo ------------------------------------------------------------------------------------------------------------


def test_liblo_reads_our_bundles_from_the_network() -> None:
    """An independent decoder in C, in another process: every message arrives with its tags and values."""
    oscdump = shutil.which("oscdump") or pytest.skip("needs oscdump (apt install liblo-tools)")
    means = [meaning(means) for name, _, means in golden("vmc") + golden("vrchat") if name.startswith("whole frame")]
    sent = [message for frame in means for message in frame]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        subprocess.Popen([oscdump, "-L", str(port)], stdout=subprocess.PIPE, text=True) as peer,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        try:
            assert peer.stdout is not None
            _knock_until_heard(out, port, peer)
            for packet in Template(sent).packets():
                out.sendto(packet, ("127.0.0.1", port))
            out.sendto(encode(Message("/end")), ("127.0.0.1", port))
            lines = []
            while "/end" not in (line := peer.stdout.readline()):
                assert line, "oscdump died"
                if "/knock" not in line:
                    lines.append(line.split()[1:])
        finally:
            peer.terminate()

    assert [line[0] for line in lines] == [message.address for message in sent]
    for line, message in zip(lines, sent, strict=True):
        _assert_read_alike(line[1:], message)


def _knock_until_heard(out: socket.socket, port: int, peer: subprocess.Popen[str]) -> None:
    for _ in range(200):
        out.sendto(encode(Message("/knock")), ("127.0.0.1", port))
        if select.select([peer.stdout], [], [], 0.05)[0]:
            return
    pytest.fail("oscdump never heard us")


def _assert_read_alike(printed: list[str], message: Message) -> None:
    tags = printed[0] if printed else ""
    expected = "".join({bool: "?", int: "i", float: "f", str: "s"}[type(a)] for a in message.args)
    expected = "".join("TF"[not a] if tag == "?" else tag for tag, a in zip(expected, message.args, strict=True))
    assert tags == expected
    values = [argument for argument in message.args if not isinstance(argument, bool)]
    for text, argument in zip(printed[1:], values, strict=False):
        if isinstance(argument, float):
            assert float(text) == pytest.approx(argument, abs=1e-6)
        else:
            assert text.strip('"') == str(argument)
