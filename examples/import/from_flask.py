# SPDX-License-Identifier: Apache-2.0
"""from_flask.py - the users of a Flask application with Flask-SQLAlchemy as JSON lines for `jeton
user import`. The names of the module, the model and its columns are yours.

    python3 from_flask.py > users.jsonl
"""
import json

from shop import User, app

with app.app_context():
    for user in User.query.order_by(User.id):
        print(json.dumps({"name": user.username, "email": user.email,
                          "password_hash": user.password_hash, "roles": [user.role],
                          "disabled": not user.active}))
