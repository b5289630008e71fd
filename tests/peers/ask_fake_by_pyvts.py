"""Asks a VTube Studio server with pyvts, a client we did not write, and prints its answers as one line of JSON.

Run by an environment that has pyvts 0.3.3 (it brings OpenCV along, hence one of its own): PORT and a file for its token
are the arguments. Nothing of ours is imported.
"""

import asyncio
import json
import sys

import pyvts


async def main(port: int, token_path: str) -> None:
    about = {"plugin_name": "an oracle", "developer": "not us", "authentication_token_path": token_path}
    api = {"version": "1.0", "name": "VTubeStudioPublicAPI", "port": port, "host": "127.0.0.1"}
    client = pyvts.vts(plugin_info=about, vts_api_info=api)
    await client.connect()
    await client.request_authenticate_token()
    await client.request_authenticate()
    ask = client.vts_request
    answers = {
        "status": client.get_authentic_status(),
        "list": await client.request(ask.requestTrackingParameterList()),
        "created": await client.request(ask.requestCustomParameter("MyNewParam", min=-1, max=1)),
        "default": await client.request(ask.requestCustomParameter("FaceAngleX")),
        "name": await client.request(ask.requestCustomParameter("no spaces")),
        "injected": await client.request(ask.requestSetParameterValue("MyNewParam", 0.7)),
        "read": await client.request(ask.requestParameterValue("MyNewParam")),
        "unknown": await client.request(ask.requestSetParameterValue("NotThere", 0.7)),
        "deleted": await client.request(ask.requestDeleteCustomParameter("MyNewParam")),
    }
    await client.close()
    sys.stdout.write(f"\n{json.dumps(answers)}\n")


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
