"""Datagrams: resolved once, never waited for, and a target that does not listen is no error."""

import asyncio
import errno
import socket
from pathlib import Path

import pytest

from avatar_driver.errors import SinkError
from avatar_driver.sinks._udp import Udp
from tests.osc_peers import receiver


def free_port() -> int:
    with receiver() as peer:
        return peer.port


async def test_packets_arrive_in_order() -> None:
    with receiver() as peer:
        udp = Udp("127.0.0.1", peer.port)
        await udp.open()
        assert udp.send([b"one", b"two", b"three"])
        udp.close()

        assert peer.packets() == [b"one", b"two", b"three"]


async def test_localhost_means_ipv4() -> None:
    with receiver() as peer:
        udp = Udp("localhost", peer.port)
        await udp.open()
        udp.send([b"hello"])
        udp.close()

        assert peer.packets() == [b"hello"]


async def test_ipv6_targets_are_reached() -> None:
    try:
        with receiver("::1") as peer:
            udp = Udp("::1", peer.port)
            await udp.open()
            udp.send([b"hello"])
            udp.close()

            assert peer.packets() == [b"hello"]
            assert udp.describe() == f"[::1]:{peer.port}"
    except OSError as error:
        if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            raise
        pytest.skip("needs IPv6 on the loopback interface")


@pytest.mark.parametrize("unheard", [1, 2, 3, 20])
async def test_a_target_that_does_not_listen_is_no_error_and_hears_the_first_packet_when_it_does(unheard: int) -> None:
    """A connected socket would lose every second packet to the refusal of the one before."""
    port = free_port()
    udp = Udp("127.0.0.1", port)
    await udp.open()
    for _ in range(unheard):
        assert udp.send([b"nobody hears"])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as late:
        late.bind(("127.0.0.1", port))
        late.setblocking(False)
        udp.send([b"now"])
        assert late.recv(100) == b"now"
    udp.close()
    assert udp.skipped == 0


async def test_of_a_name_with_addresses_of_both_kinds_ipv4_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async def both(host: str, port: int, **_: object) -> list[object]:
        return [
            (socket.AF_INET6, socket.SOCK_DGRAM, 17, "", ("::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_DGRAM, 17, "", ("127.0.0.1", port)),
        ]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    with receiver() as peer:
        udp = Udp("both", peer.port)
        await udp.open()
        udp.send([b"hello"])
        udp.close()

        assert peer.packets() == [b"hello"]


async def test_a_name_server_that_does_not_answer_is_an_error_the_engine_can_retry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silent(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", silent)

    with pytest.raises(socket.gaierror):
        await Udp("elsewhere", 9).open()


# None of these needs a name server to be refused.
@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".local", "fe80::1%no-such-card"])
async def test_a_host_that_does_not_exist_is_named_in_a_sentence(host: str) -> None:
    with pytest.raises(SinkError) as caught:
        await Udp(host, 39539).open()

    assert str(caught.value) == f"no computer is known as '{host}'; give its name or address in 'host'"


async def test_what_the_system_refuses_is_an_error_the_engine_can_retry() -> None:
    """A datagram that is too long is refused like an unreachable network, and needs no broken one."""
    udp = Udp("127.0.0.1", 9)
    await udp.open()
    with pytest.raises(OSError, match=r".+") as caught:
        udp.send([bytes(70_000)])
    udp.close()

    assert caught.value.errno == errno.EMSGSIZE
    assert udp.skipped == 0


async def test_sending_before_open_or_after_close_is_an_error() -> None:
    udp = Udp("127.0.0.1", 9)
    with pytest.raises(OSError, match="not open"):
        udp.send([b"early"])
    await udp.open()
    udp.close()
    udp.close()
    with pytest.raises(OSError, match="not open"):
        udp.send([b"late"])


async def test_it_can_be_opened_again() -> None:
    with receiver() as peer:
        udp = Udp("127.0.0.1", peer.port)
        for text in (b"first", b"second"):
            await udp.open()
            udp.send([text])
        udp.close()

        assert peer.packets() == [b"first", b"second"]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs Unix sockets, whose full queue refuses a sender")
async def test_a_full_queue_skips_the_rest_of_the_frame_and_counts_it(tmp_path: Path) -> None:
    """Over UDP no test can fill the system's queue at will; a Unix datagram socket answers in the same way."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
        peer.bind(str(tmp_path / "peer"))
        peer.setblocking(False)
        udp = Udp("127.0.0.1", 9)
        await udp.open()
        assert udp._socket is not None
        udp._socket.close()
        udp._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        udp._socket.setblocking(False)
        udp._address = str(tmp_path / "peer")

        sent = 0
        while udp.send([b"fill"]):
            sent += 1
        assert udp.skipped == 1
        assert not udp.send([b"three", b"packets", b"more"])
        assert udp.skipped == 4

        assert [peer.recv(10) for _ in range(sent)] == [b"fill"] * sent
        with pytest.raises(BlockingIOError):
            peer.recv(10)
        assert udp.send([b"again"])
        assert peer.recv(10) == b"again"
        udp.close()
    assert udp.skipped == 4


async def test_a_listening_socket_hears_who_writes_and_answers_them() -> None:
    udp = Udp("127.0.0.1", free_port())
    await udp.open(listen=True)
    port = int(udp.describe().rpartition(":")[2])
    with receiver() as peer:
        assert list(udp.received()) == []
        peer.write(b"one", port)
        peer.write(b"two", port)
        heard = list(udp.received())
        assert heard == [(b"one", ("127.0.0.1", peer.port)), (b"two", ("127.0.0.1", peer.port))]
        udp.send([b"answer"], to=heard[0][1])

        assert peer.packets() == [b"answer"]
    udp.close()
    assert list(udp.received()) == []


async def test_a_flood_is_heard_a_little_at_a_time() -> None:
    """Whoever writes to us cannot hold the program."""
    udp = Udp("127.0.0.1", free_port())
    await udp.open(listen=True)
    with receiver() as peer:
        for i in range(5):
            peer.write(bytes([i]), int(udp.describe().rpartition(":")[2]))
    assert [packet[0] for packet, _ in udp.received(at_most=3)] == [0, 1, 2]
    assert [packet[0] for packet, _ in udp.received(at_most=3)] == [3, 4]
    udp.close()


async def test_a_port_that_is_taken_is_an_error_that_leaves_nothing_open() -> None:
    with receiver() as peer:
        udp = Udp("127.0.0.1", peer.port)
        with pytest.raises(OSError, match=r".+") as caught:
            await udp.open(listen=True)
        assert caught.value.errno == errno.EADDRINUSE
        with pytest.raises(OSError, match="not open"):
            udp.send([b"lost"])
