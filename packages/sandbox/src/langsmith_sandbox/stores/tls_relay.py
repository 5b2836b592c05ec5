"""``python -m langsmith_sandbox.stores.tls_relay``: the TLS of a server that has none of its own.

ElastiCache with encryption in transit answers TLS on its port and nothing else; the Valkey that wheels carry is built
without it. What comes through TLS is passed on to its socket, which is in a folder of the owner's alone.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import ssl
from pathlib import Path

from langsmith_sandbox.stores.valkey import SOCKET

_CHUNK = 1 << 16


async def relay(folder: Path, address: str, port: int) -> None:
    """Serve until SIGTERM."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    os.chdir(folder)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_unix_connection(SOCKET)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))

    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    async with await asyncio.start_server(connected, address, port, ssl=context):
        await over.wait()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side ends; then the other is told so."""
    with contextlib.suppress(OSError, ssl.SSLError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, ssl.SSLError):
        writer.close()


def main() -> None:
    """Run with the flags of a part."""
    parser = argparse.ArgumentParser(prog="langsmith_sandbox.stores.tls_relay", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the store's folder")
    parser.add_argument("--address", required=True, help="the store's own loopback address")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    asyncio.run(relay(arguments.folder, arguments.address, arguments.port))


if __name__ == "__main__":
    main()
