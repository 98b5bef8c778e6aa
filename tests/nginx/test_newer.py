#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_newer.py - the nginx module in the nginx of the next Debian: it builds without a warning, and
does there what it does here."""
import unittest

import newer
VERSION = newer.prepare()  # first: it says which nginx is meant

from nginx import Nginx, harness  # noqa: E402
from test_cache import TwoWorkers  # noqa: E402,F401
from test_key_request import Several  # noqa: E402,F401
from test_module import Access, Identity, Plus, Rules, Satisfy, Told  # noqa: E402,F401


class Version(unittest.TestCase):
    def test_it_is_a_newer_one_that_is_asked(self):
        self.assertRegex(VERSION, r"nginx/1\.(2[3-9]|[3-9]\d)")
        with Nginx("location / { return 200; }") as nginx:
            self.assertIn(nginx.ask("/").headers["server"], VERSION)


if __name__ == "__main__":
    harness.main()
