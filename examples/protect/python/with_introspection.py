# SPDX-License-Identifier: Apache-2.0
"""with_introspection.py - a Flask application that asks `jeton serve` about each token (RFC 7662):
one that was revoked is refused at once, for the price of a question in each request."""
import os

import flask
import requests
from access_tokens import AUDIENCE, ISSUER, Refused, bearer

app = flask.Flask(__name__)
server = requests.Session()  # keeps its connections
server.auth = (os.environ["JETON_CLIENT"], os.environ["JETON_CLIENT_SECRET"])


def introspect(token):
    """What the server says of a good token, or Refused."""
    if not token:
        raise Refused(401)
    try:
        answer = server.post(ISSUER + "/introspect", data={"token": token}, timeout=5)
        answer.raise_for_status()
    except requests.RequestException as problem:
        raise Refused(503, "temporarily_unavailable", "the token cannot be checked") from problem
    told = answer.json()
    if not told["active"] or told.get("aud") != AUDIENCE:
        raise Refused(401, "invalid_token", "the access token is not valid")
    return told


@app.errorhandler(Refused)
def refused(problem):
    return problem.body, problem.status, problem.headers


@app.get("/me")
def me():
    told = introspect(bearer(flask.request.headers.get("Authorization")))
    return {"sub": told["sub"]}
