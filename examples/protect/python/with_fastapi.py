# SPDX-License-Identifier: Apache-2.0
"""with_fastapi.py - a FastAPI application whose routes need access tokens of `jeton serve`. Its page
/docs has a button to log in."""
from typing import Optional

import fastapi
from access_tokens import ISSUER, Refused, verify
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer

app = fastapi.FastAPI()
token_of = OAuth2PasswordBearer(tokenUrl=ISSUER + "/token", auto_error=False)


def demand(role=None, scope=None):
    """A good token, and that it has the role and the scope. What depends on it gets the claims."""
    def check(token: Optional[str] = fastapi.Depends(token_of)):
        return verify(token, role, scope)
    return fastapi.Depends(check)


@app.exception_handler(Refused)
def refused(_, problem: Refused):
    return JSONResponse(problem.body, problem.status, problem.headers)


@app.get("/me")
def me(claims: dict = demand()):
    return {"sub": claims["sub"], "roles": claims.get("roles", [])}


@app.get("/orders", dependencies=[demand(scope="orders:read")])
def orders():
    return {"orders": [1, 2, 3]}


@app.delete("/orders/{number}", dependencies=[demand(role="admin")])
def remove(number: int):
    return {"removed": number}
