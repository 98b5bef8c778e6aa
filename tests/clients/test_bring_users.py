#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_bring_users.py - the scripts of examples/import write down the users of a Django project, of a
Flask application and of a plain table, all made here by the real packages; `jeton user import`
takes what they write, and everybody logs in with the password he had."""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

import bcrypt

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import harness  # noqa: E402

EXAMPLES = os.path.join(HERE, "../../examples/import")
PASSWORD = "grüner Tee um fünf"

DJANGO_USERS = f"""
from django.contrib.auth.models import Group, User
carol = User.objects.create_user("carol", "carol@example.com", {PASSWORD!r})
carol.groups.add(Group.objects.create(name="editor"))
User.objects.create_user("dan", "", {PASSWORD!r}, is_active=False)
User.objects.create_superuser("root", "root@example.com", {PASSWORD!r})
User.objects.create_user("robot")  # who has no password
"""

FLASK_SHOP = f"""
import flask, flask_sqlalchemy, werkzeug.security
app = flask.Flask("shop")
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///" + __file__ + ".db"
db = flask_sqlalchemy.SQLAlchemy(app)

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username, email, password_hash, role = (db.Column(db.String) for _ in range(4))
    active = db.Column(db.Boolean)

def fill():
    with app.app_context():
        db.create_all()
        made = werkzeug.security.generate_password_hash({PASSWORD!r}, "pbkdf2:sha256")
        db.session.add(User(username="carol", email="carol@example.com", password_hash=made,
                            role="editor", active=True))
        db.session.add(User(username="dan", password_hash=made, role="reader", active=False))
        db.session.commit()
"""


class BringUsers(harness.ServerCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jeton-bring-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def tearDown(self):
        for name in ("carol", "dan", "root"):
            self.server.cli("user", "remove", name)

    def run_in(self, folder, *words, stdin=""):
        done = subprocess.run(words, cwd=folder, input=stdin, capture_output=True, text=True,
                              timeout=harness.PATIENCE, check=False,
                              env={**os.environ, "PYTHONPATH": folder, "HOME": folder})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def script(self, name):
        with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
            return file.read()

    def bring(self, lines, added):
        path = os.path.join(self.folder, "users.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.write(lines)
        for words, want in (["--dry-run"], f"{added} "), ([], f"{added} added, 0 already there"), \
                ([], f"0 added, {added} already there"):
            status, out, err = self.server.cli("user", "import", path, *words)
            self.assertEqual(status, 0, (out, err))
            self.assertIn(want, out)

    def roles(self, name):
        return json.loads(self.server.cli("user", "show", name, "--json")[1])["roles"]

    def assert_in_and_out(self, inside, outside):
        for name in inside:
            self.server.login(name, PASSWORD)
            wrong = self.server.ask("POST", "/login", {"username": name, "password": "another one"})
            self.assert_problem(wrong, 401, "invalid_grant")
        for name in outside:
            answer = self.server.ask("POST", "/login", {"username": name, "password": PASSWORD})
            self.assert_problem(answer, 401, "invalid_grant")

    def test_django(self):
        site = os.path.join(self.folder, "site")
        os.mkdir(site)
        self.run_in(site, sys.executable, "-m", "django", "startproject", "shop", ".")
        manage = [sys.executable, "manage.py"]
        self.run_in(site, *manage, "migrate", "-v", "0")
        self.run_in(site, *manage, "shell", stdin=DJANGO_USERS)
        lines = self.run_in(site, *manage, "shell", stdin=self.script("from_django.py"))
        self.bring(lines, 3)
        self.assert_in_and_out(("carol", "root"), ("dan", "robot"))
        self.assertEqual((self.roles("carol"), self.roles("root")), (["editor"], ["admin"]))

    def test_flask(self):
        with open(os.path.join(self.folder, "shop.py"), "w", encoding="utf-8") as file:
            file.write(FLASK_SHOP)
        self.run_in(self.folder, sys.executable, "-c", "import shop; shop.fill()")
        lines = self.run_in(self.folder, sys.executable, "-", stdin=self.script("from_flask.py"))
        self.bring(lines, 2)
        self.assert_in_and_out(("carol",), ("dan",))
        self.assertEqual(self.roles("carol"), ["editor"])

    def test_a_table(self):
        path = os.path.join(self.folder, "shop.db")
        made = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(6)).decode()
        with sqlite3.connect(path) as shop:
            shop.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name, email, password, blocked)")
            shop.execute("CREATE TABLE user_roles (user_id, role)")
            shop.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?)",
                             [(1, "carol", "carol@example.com", made, 0), (2, "dan", None, made, 1),
                              (3, "robot", None, None, 0)])
            shop.executemany("INSERT INTO user_roles VALUES (1, ?)", [("editor",), ("reader",)])
        lines = self.run_in(self.folder, "sqlite3", path, stdin=self.script("from_sqlite.sql"))
        self.bring(lines, 2)
        self.assert_in_and_out(("carol",), ("dan", "robot"))
        self.assertEqual(self.roles("carol"), ["editor", "reader"])


harness.main()
