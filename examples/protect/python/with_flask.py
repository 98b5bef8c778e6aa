# SPDX-License-Identifier: Apache-2.0
"""with_flask.py - a Flask application whose routes need access tokens of `jeton serve`."""
import functools

import flask
from access_tokens import Refused, bearer, verify

app = flask.Flask(__name__)


def demand(role=None, scope=None):
    """@demand(): a good token. @demand(role="admin"), @demand(scope="orders:read"): and that."""
    def decorate(view):
        @functools.wraps(view)
        def guarded(*args, **kwargs):
            token = bearer(flask.request.headers.get("Authorization"))
            flask.g.claims = verify(token, role, scope)
            return view(*args, **kwargs)
        return guarded
    return decorate


@app.errorhandler(Refused)
def refused(problem):
    return problem.body, problem.status, problem.headers


@app.get("/me")
@demand()
def me():
    return {"sub": flask.g.claims["sub"], "roles": flask.g.claims.get("roles", [])}


@app.get("/orders")
@demand(scope="orders:read")
def orders():
    return {"orders": [1, 2, 3]}


@app.delete("/orders/<int:number>")
@demand(role="admin")
def remove(number):
    return {"removed": number}
