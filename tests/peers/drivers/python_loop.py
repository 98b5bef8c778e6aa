# SPDX-License-Identifier: Apache-2.0
"""python_loop.py - what the Python drivers share: the protocol of tests/peers/peers.py."""
import base64
import json
import sys


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def serve(name, version, formats, sign, verify):
    """Answers each line of stdin by a line on stdout, until there are no more.

    formats  format of key -> algorithms the peer takes with such keys
    sign     (alg, format, key, claims) -> token
    verify   (alg, format, key, token) -> claims; any exception is a refusal
    """
    for line in sys.stdin:
        ask = json.loads(line)
        try:
            if ask["do"] == "hello":
                answer = {"peer": name, "version": version, "formats": formats}
            elif ask["do"] == "sign":
                token = sign(ask["alg"], ask["format"], ask["key"], ask["claims"])
                answer = {"ok": True, "token": token}
            else:
                claims = verify(ask["alg"], ask["format"], ask["key"], ask["token"])
                answer = {"ok": True, "claims": claims}
        except Exception as error:  # pylint: disable=broad-except # whatever a library raises
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
