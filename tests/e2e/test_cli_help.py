#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cli_help.py - jeton help: for people, and as JSON for programs; both from the rows of the commands."""
import json
import unittest

import harness
from harness import jeton


class Help(unittest.TestCase):
    def listing(self):
        status, out, err = jeton("help", "--json")
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(out.count("\n"), 1)
        return json.loads(out)["commands"]

    def test_the_listing_names_the_commands_of_the_help(self):
        _, help_text, _ = jeton("help")
        commands = self.listing()
        self.assertGreaterEqual(len(commands), 11)
        for command in commands:
            self.assertIn(command["summary"], help_text)

    def test_each_option_of_the_listing_is_in_the_help_of_its_command(self):
        for command in self.listing():
            words = [command["noun"]] + ([command["verb"]] if "verb" in command else [])
            with self.subTest(words):
                status, help_text, _ = jeton(*words, "--help")
                self.assertEqual(status, 0)
                shown = [line.split()[0] for line in help_text.splitlines()
                         if line.startswith("  --")]
                named = [option["name"] for option in command["options"]]
                self.assertEqual(shown, [*named, "--help"])

    def test_a_required_option_is_demanded(self):
        required = [(c, o) for c in self.listing() for o in c["options"] if o["required"]]
        self.assertTrue(required)
        for command, option in required:
            status, _, err = jeton(command["noun"], command["verb"])
            self.assertEqual(status, 2)
            self.assertIn(option["name"], err)

    def test_another_word_behind_help_is_no_listing(self):
        status, out, _ = jeton("help", "--jsonx")
        self.assertEqual(status, 0)
        self.assertIn("usage: jeton COMMAND", out)


harness.main()
