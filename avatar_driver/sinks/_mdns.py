"""Finding programs on the network by name, and being found: mDNS, by the zeroconf library."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

__all__ = ["Mdns"]

_LOOPBACK: Final = "127.0.0.1"
_RESOLVE_MILLISECONDS: Final = 3000


class Mdns:
    """Advertises services and watches for those of others, on loopback or on every interface.

    Receiving multicast takes a socket on UDP port 5353 that the system binds to no single address; on loopback only,
    it joins the multicast group there and nowhere else.

    Args:
        service: the type to watch for, such as `_oscjson._tcp.local.`.
        wanted: which instance names are of interest.
        found: called with the instance name and its port, again when the port changes.
        everywhere: on every interface of this computer, not just loopback.
    """

    def __init__(
        self, service: str, wanted: Callable[[str], bool], found: Callable[[str, int], None], *, everywhere: bool
    ) -> None:
        self._service = service
        self._wanted = wanted
        self._found = found
        self._everywhere = everywhere
        self._zeroconf: Any = None
        self._browser: Any = None
        self._starting: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Future[Any]] = set()

    async def open(self, instance: str, address: str, ports: dict[str, int]) -> None:
        """Watches, and advertises one instance under each service type with its port.

        Raises:
            OSError: the system gives no sockets for it, as when another program keeps port 5353 to itself.
        """
        # Takes 0.1 s, which nobody's face should wait for.
        zeroconf = await asyncio.to_thread(import_module, "zeroconf")
        library = await asyncio.to_thread(import_module, "zeroconf.asyncio")
        logging.getLogger("zeroconf").setLevel(logging.CRITICAL)  # what is worth telling, the sink tells
        interfaces = zeroconf.InterfaceChoice.All if self._everywhere else [_LOOPBACK]
        try:
            self._zeroconf = library.AsyncZeroconf(interfaces=interfaces, ip_version=zeroconf.IPVersion.V4Only)
            # Shielded: a cancellation here would cancel the library's own future, and then its closing leaks sockets.
            self._starting = asyncio.ensure_future(self._zeroconf.zeroconf.async_wait_for_start())
            await asyncio.shield(self._starting)
        except (zeroconf.Error, RuntimeError) as error:  # RuntimeError: a computer without any interface
            raise OSError(f"mDNS cannot be started: {error}") from error
        self._browser = library.AsyncServiceBrowser(self._zeroconf.zeroconf, [self._service], handlers=[self._changed])
        for service, port in ports.items():
            info = zeroconf.ServiceInfo(
                service,
                f"{instance}.{service}",
                port=port,
                addresses=[socket.inet_aton(address)],
                properties={"txtvers": "1"},
                server=f"{instance}.local.",
            )
            # The name has a random end, so it is not asked first for a second whether somebody has it.
            self._keep(await self._zeroconf.async_register_service(info, cooperating_responders=True))

    async def close(self) -> None:
        """Says goodbye, once, and closes. Does not wait for anybody."""
        mdns, self._zeroconf = self._zeroconf, None
        if self._starting is not None:
            await asyncio.gather(self._starting, return_exceptions=True)
            self._starting = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if mdns is None:
            return
        if self._browser is not None:
            await self._browser.async_cancel()
            self._browser = None
        # The library would say goodbye three times over a quarter of a second.
        goodbye = mdns.zeroconf.generate_unregister_all_services()
        if goodbye is not None and mdns.zeroconf.started:
            mdns.zeroconf.async_send(goodbye)
        await mdns.async_close()

    def _changed(self, zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        instance = name.removesuffix(f".{service_type}")
        if state_change.name != "Removed" and self._wanted(instance) and self._zeroconf is not None:
            self._keep(asyncio.ensure_future(self._resolve(service_type, name, instance)))

    async def _resolve(self, service_type: str, name: str, instance: str) -> None:
        info = await self._zeroconf.async_get_service_info(service_type, name, _RESOLVE_MILLISECONDS)
        if info is not None and info.port:
            self._found(instance, info.port)

    def _keep(self, task: asyncio.Future[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._dropped)

    def _dropped(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        with contextlib.suppress(asyncio.CancelledError):
            task.exception()  # a name that was not resolved is found again when it is advertised again
