#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cli_key_convert.py - jeton key convert: openssl reads what we write and we read what it
writes, for every type of key; and secrets, which are never guessed to be one."""
import fcntl
import json
import os
import pty
import select
import signal
import stat
import subprocess
import tempfile
import termios
import unittest

import harness
from harness import jeton

# What openssl calls each type.
TYPES = {
    "RS256": ("RSA", ["-pkeyopt", "rsa_keygen_bits:2048"]),
    "ES256": ("EC", ["-pkeyopt", "ec_paramgen_curve:P-256"]),
    "ES384": ("EC", ["-pkeyopt", "ec_paramgen_curve:P-384"]),
    "ES512": ("EC", ["-pkeyopt", "ec_paramgen_curve:P-521"]),
    "ES256K": ("EC", ["-pkeyopt", "ec_paramgen_curve:secp256k1"]),
    "Ed25519": ("ED25519", []),
    "Ed448": ("ED448", []),
}


def openssl(*words, stdin=b""):
    """What openssl prints; it must be content."""
    done = subprocess.run(["openssl", *words], input=stdin, capture_output=True, check=False,
                          timeout=harness.PATIENCE)
    if done.returncode != 0:
        raise AssertionError(f"openssl {words}: {done.stderr.decode()}")
    return done.stdout


class ConvertCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jeton-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as to:
            to.write(content if isinstance(content, bytes) else content.encode())
        return path

    def convert(self, *words, stdin=b"", env=None):
        """jeton key convert, as bytes; it must be content."""
        done = subprocess.run([harness.JETON, "key", "convert", *words], input=stdin,
                              capture_output=True, timeout=harness.PATIENCE, check=False,
                              env={**os.environ, **(env or {})})
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout

    def refused(self, words, status, why, stdin="", env=None):
        got, out, err = jeton("key", "convert", *words, stdin=stdin, env=env)
        self.assertEqual((got, out), (status, ""), err)
        self.assertRegex(err, why)

    @staticmethod
    def theirs(alg, form="PEM"):
        kind, options = TYPES[alg]
        return openssl("genpkey", "-algorithm", kind, *options, "-outform", form)


class WithOpenssl(ConvertCase):
    def test_it_reads_what_we_write(self):
        for alg in TYPES:
            with self.subTest(alg):
                jwk = jeton("key", "new", "--alg", alg)[1].encode()
                pem = self.convert("--to", "pem", "-", stdin=jwk)
                der = self.convert("--to", "der", "-", stdin=jwk)
                self.assertEqual(openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER",
                                         stdin=pem), der)
                self.assertEqual(openssl("pkey", "-inform", "DER", stdin=der), pem)
                openssl("pkey", "-noout", "-check", stdin=pem)
                public = self.convert("--to", "der", "--public", "-", stdin=jwk)
                self.assertEqual(openssl("pkey", "-pubout", "-outform", "DER", stdin=pem), public)
                self.assertEqual(openssl("pkey", "-pubin", "-inform", "DER", stdin=public),
                                 self.convert("--to", "pem", "--public", "-", stdin=jwk))

    def test_we_read_what_it_writes(self):
        for alg in TYPES:
            with self.subTest(alg):
                pem = self.theirs(alg)
                der = openssl("pkey", "-outform", "DER", stdin=pem)
                want = json.loads(self.convert("-", stdin=pem))
                self.assertIn("d", want)
                self.assertEqual(json.loads(self.convert("-", stdin=der)), want)
                for flags in ([], ["-outform", "DER"]):
                    public = openssl("pkey", "-pubout", *flags, stdin=pem)
                    self.assertEqual(json.loads(self.convert("-", stdin=public)),
                                     json.loads(self.convert("--public", "-", stdin=pem)))

    def test_we_read_its_old_forms(self):
        for alg, tool in (("RS256", "rsa"), ("ES256", "ec"), ("ES512", "ec")):
            with self.subTest(alg):
                pem = self.theirs(alg)
                want = self.convert("-", stdin=pem)
                old = ["-traditional"] if tool == "rsa" else []
                for flags in ([], ["-outform", "DER"]):
                    got = openssl(tool, *old, *flags, stdin=pem)
                    self.assertEqual(self.convert("-", stdin=got), want)
        pem = self.theirs("RS256")
        for flags in ([], ["-outform", "DER"]):
            public = openssl("rsa", "-RSAPublicKey_out", *flags, stdin=pem)
            self.assertEqual(self.convert("-", stdin=public), self.convert("--public", "-",
                                                                           stdin=pem))

    def test_a_certificate_is_a_public_key(self):
        for alg in TYPES:
            with self.subTest(alg):
                pem = self.theirs(alg)
                path = self.file(f"{alg}.pem", pem)
                for flags in ([], ["-outform", "DER"]):
                    cert = openssl("req", "-new", "-x509", "-key", path, "-subj", "/CN=a", *flags)
                    self.assertEqual(self.convert("-", stdin=cert),
                                     self.convert("--public", "-", stdin=pem))

    def test_encrypted_keys_go_both_ways(self):
        for alg in TYPES:
            with self.subTest(alg):
                plain = self.theirs(alg)
                want = self.convert("-", stdin=plain)
                sealed = openssl("pkcs8", "-topk8", "-passout", "pass:of theirs", stdin=plain)
                path = self.file("theirs", "of theirs\n")
                self.assertEqual(self.convert("--passphrase-file", path, "-", stdin=sealed), want)
                ours = self.convert("--to", "pem", "--encrypt", "-", stdin=plain,
                                    env={"JETON_NEW_PASSPHRASE": "of ours"})
                self.assertTrue(ours.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
                self.assertEqual(openssl("pkey", "-passin", "pass:of ours", stdin=ours),
                                 self.convert("--to", "pem", "-", stdin=plain))

    def test_scrypt_is_opened(self):
        sealed = openssl("pkcs8", "-topk8", "-scrypt", "-passout", "pass:x y",
                         stdin=self.theirs("ES256"))
        self.assertIn(b'"kty":"EC"', self.convert("-", stdin=sealed,
                                                  env={"JETON_PASSPHRASE": "x y"}))


class Passphrases(ConvertCase):
    def setUp(self):
        super().setUp()
        self.sealed = openssl("pkcs8", "-topk8", "-passout", "pass:good",
                              stdin=self.theirs("ES256")).decode()

    def test_a_wrong_one_is_told_apart_from_a_broken_key(self):
        self.refused(("-",), 1, "passphrase does not open", self.sealed,
                     {"JETON_PASSPHRASE": "bad"})
        self.refused(("-",), 1, "passphrase does not open", self.sealed, {"JETON_PASSPHRASE": ""})
        cut = "\n".join(self.sealed.splitlines()[:2] + self.sealed.splitlines()[-1:])
        self.refused(("-",), 1, "cannot be read|not the kind", cut, {"JETON_PASSPHRASE": "good"})

    def test_the_file_comes_before_the_environment_and_ends_at_its_line(self):
        path = self.file("pass", "good\r\nbad\n")
        out = self.convert("--passphrase-file", path, "-", stdin=self.sealed.encode(),
                           env={"JETON_PASSPHRASE": "bad"})
        self.assertIn(b'"d":', out)
        self.refused(("--passphrase-file", path + "x", "-"), 3, "No such file", self.sealed)

    def test_without_any_nothing_is_guessed(self):
        done = subprocess.run([harness.JETON, "key", "convert", "-"], input=self.sealed, text=True,
                              capture_output=True, check=False, timeout=harness.PATIENCE,
                              start_new_session=True)  # no terminal
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("JETON_PASSPHRASE", done.stderr)

    def test_what_costs_too_much_is_refused_at_once(self):
        sealed = openssl("pkcs8", "-topk8", "-iter", "4000001", "-passout", "pass:good",
                         stdin=self.theirs("ES256")).decode()
        self.refused(("-",), 1, "4000000 rounds", sealed, {"JETON_PASSPHRASE": "good"})

    def test_old_ways_of_encrypting_are_named(self):
        old = openssl("ec", "-aes128", "-passout", "pass:good",
                      stdin=self.theirs("ES256")).decode()
        des = openssl("pkcs8", "-topk8", "-v2", "des3", "-passout", "pass:good",
                      stdin=self.theirs("ES256")).decode()
        for pem in (old, des):
            self.refused(("-",), 1, "encrypted", pem, {"JETON_PASSPHRASE": "good"})

    def test_an_encrypted_key_signs_and_verifies(self):
        path = self.file("key.pem", self.sealed)
        env = {"JETON_PASSPHRASE": "good"}
        status, token, err = jeton("token", "sign", "--key", path, "--alg", "ES256", env=env)
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(jeton("token", "verify", "--key", path, "--alg", "ES256", "-",
                               stdin=token, env=env)[0], 0)
        self.assertEqual(jeton("token", "verify", "--key", path, "--alg", "ES256", "-",
                               stdin=token, env={"JETON_PASSPHRASE": "bad"})[0], 1)

    def test_new_encrypts_too(self):
        path = self.file("pass", "good")
        status, pem, err = jeton("key", "new", "--alg", "Ed25519", "--pem", "--encrypt",
                                 "--passphrase-file", path)
        self.assertEqual((status, err), (0, ""))
        openssl("pkey", "-noout", "-passin", "pass:good", stdin=pem.encode())
        for words, why in ((("--encrypt",), "--pem"),
                           (("--pem", "--passphrase-file", path), "--encrypt")):
            got, out, err = jeton("key", "new", "--alg", "Ed25519", *words)
            self.assertEqual((got, out), (2, ""))
            self.assertIn(why, err)


def echoes(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


class Terminal(ConvertCase):
    """Without file and environment the passphrase is asked for, and not shown."""

    def talk(self, words, *dialogue):
        """Runs a command at a terminal; the dialogue is (prompt, answer): status and screen."""
        words = [harness.JETON, "key", "convert", *words]
        bare = {k: v for k, v in os.environ.items() if not k.endswith("PASSPHRASE")}
        try:
            child, terminal = pty.fork()
        except OSError as failure:  # a container without /dev/pts has no terminals
            self.skipTest(str(failure))
        if child == 0:
            os.execve(words[0], words, bare)
        screen, turns = b"", list(dialogue)
        try:
            while select.select([terminal], [], [], harness.PATIENCE)[0]:
                try:
                    piece = os.read(terminal, 4096)
                except OSError:
                    piece = b""
                if not piece:
                    break
                screen += piece
                if turns and screen.endswith(turns[0][0].encode()):
                    harness.eventually(lambda: not echoes(terminal), "the echo is off")
                    os.write(terminal, turns.pop(0)[1].encode() + b"\n")
        finally:
            os.close(terminal)
        self.assertEqual(turns, [], screen)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), screen.decode()

    def test_it_is_asked_for_once_to_read_and_twice_to_write(self):
        sealed = self.file("sealed", openssl("pkcs8", "-topk8", "-passout", "pass:of old",
                                             stdin=self.theirs("ES256")))
        out = os.path.join(self.folder, "out")
        words = ("--to", "pem", "--encrypt", "--out", out, sealed)
        old, new, again = "Passphrase: ", "New passphrase: ", "Once more: "
        status, screen = self.talk(words, (old, "of old"), (new, "of new"), (again, "of naw"))
        self.assertEqual(status, 1, screen)
        self.assertIn("differ", screen)
        self.assertFalse(os.path.exists(out))
        status, screen = self.talk(words, (old, "of old"), (new, "of new"), (again, "of new"))
        self.assertEqual(status, 0, screen)
        self.assertNotIn("of ", screen)
        openssl("pkey", "-in", out, "-passin", "pass:of new", "-noout")
        status, screen = self.talk((sealed,), (old, "of new"))
        self.assertEqual(status, 1, screen)
        self.assertIn("does not open", screen)

    def test_control_c_at_the_prompt_leaves_the_terminal_as_it_was(self):
        sealed = self.file("sealed", openssl("pkcs8", "-topk8", "-passout", "pass:of old",
                                             stdin=self.theirs("ES256")))
        bare = {k: v for k, v in os.environ.items() if not k.endswith("PASSPHRASE")}
        for key, number in ((b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT)):
            try:
                terminal, other = pty.openpty()
            except OSError as failure:
                self.skipTest(str(failure))
            child = os.fork()
            if child == 0:
                self.take(other)
                os.execve(harness.JETON, [harness.JETON, "key", "convert", sealed], bare)
            harness.eventually(lambda: not echoes(terminal), "the echo is off")
            os.write(terminal, key)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            self.assertEqual(status, -number)
            self.assertTrue(echoes(terminal))
            os.close(terminal)
            os.close(other)

    @staticmethod
    def take(terminal):
        """Makes it the terminal of this process, whose signals do what they do: the tests may have
        been started in the background, where control-C is ignored."""
        for number in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for number in range(3):
            os.dup2(terminal, number)


class Secrets(ConvertCase):
    TEXT = "0123456789abcdef0123456789abcdef"

    def k(self, *words, stdin):
        out = self.convert("--from", *words, "--alg", "HS256", "-", stdin=stdin)
        key = json.loads(out)
        self.assertEqual((key["kty"], key["alg"]), ("oct", "HS256"))
        return harness.unb64(key["k"])

    def test_one_newline_at_the_end_is_not_part_of_it(self):
        text = self.TEXT.encode()
        for ending, kept in ((b"", b""), (b"\n", b""), (b"\r\n", b""), (b"\n\n", b"\n"),
                             (b" \n", b" "), (b"\0", b"\0"), (b"\0\n", b"\0")):
            with self.subTest(ending):
                self.assertEqual(self.k("raw", stdin=text + ending), text + kept)
        self.assertEqual(self.k("raw", stdin=b"\n " + text), b"\n " + text)
        self.assertEqual(self.k("raw", stdin=bytes(range(128, 200))), bytes(range(128, 200)))

    def test_hex(self):
        text = b"00ff" * 16
        for form in (text, text.upper(), b" " + text + b" \r\n\n"):
            self.assertEqual(self.k("hex", stdin=form), bytes.fromhex(text.decode()))
        for form, why in ((text + b"0", "odd"), (text[:-1] + b"g", "hexadecimal"),
                          (text[:10] + b" " + text[11:], "hexadecimal"), (b"0x" + text, "hexad"),
                          (b"", "0 bytes"), (b"ab" * 31, "31 bytes")):
            with self.subTest(form):
                self.refused(("--from", "hex", "--alg", "HS256", "-"), 1, why, form.decode())

    def test_short_ones_are_told_what_would_do(self):
        for alg, least in (("HS256", 32), ("HS384", 48), ("HS512", 64)):
            with self.subTest(alg):
                text = "x" * least
                self.convert("--from", "raw", "--alg", alg, "-", stdin=text.encode())
                self.refused(("--from", "raw", "--alg", alg, "-"), 1,
                             f"{least - 1} bytes, and {alg} takes {least} to 4096.*key new", text[1:])
        self.convert("--from", "raw", "--alg", "HS256", "-", stdin=b"x" * 4096)
        self.refused(("--from", "raw", "--alg", "HS256", "-"), 1, "4097", "x" * 4097)
        self.refused(("--from", "raw", "--alg", "HS256", "-"), 1, "0 bytes", "\n")

    def test_the_algorithm_is_demanded_and_one_of_three(self):
        self.refused(("--from", "raw", "-"), 2, "--alg HS256", self.TEXT)
        self.refused(("--from", "raw", "--alg", "RS256", "-"), 2, "--alg HS256", self.TEXT)
        self.refused(("--from", "raw", "--alg", "none", "-"), 2, "no algorithm", self.TEXT)

    def test_text_is_no_secret_without_being_called_one(self):
        """Texts that begin with a 0 look like DER, which begins with that byte."""
        for text in (self.TEXT, "correct horse battery staple, and 32 bytes", "[1]", "0"):
            for words in (("-",), ("--alg", "HS256", "-"), ("--from", "der", "-")):
                self.refused((*words,), 1, "is neither|is not der", text)

    def test_a_public_key_is_no_secret_when_called_one(self):
        pem = openssl("pkey", "-pubout", stdin=self.theirs("RS256")).decode()
        jwk = jeton("key", "public", "-", stdin=pem)[1]
        der = self.convert("--to", "der", "-", stdin=pem.encode())
        texts = (pem, "  " + pem, "key:\n" + pem, pem.replace("\n", " "),
                 pem.replace("-----BEGIN ", "----- BEGIN\t"), jwk, "\n " + jwk.replace(",", " , "),
                 '{"keys":[' + jwk + "]}", '{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"weak"}')
        for octets in (*(text.encode() for text in texts), der, der + b"\n"):
            with self.subTest(octets):
                done = subprocess.run([harness.JETON, "key", "convert", "--from", "raw", "--alg",
                                       "HS256", "-"], input=octets, capture_output=True,
                                      timeout=harness.PATIENCE, check=False)
                self.assertEqual((done.returncode, done.stdout), (1, b""))
                self.assertIn(b"no secret", done.stderr)
        for text in (b'{"not":"a key, but thirty-two bytes of JSON"}', b"0" + b"x" * 40):
            self.assertEqual(self.k("raw", stdin=text), text)

    def test_a_secret_has_no_pem_and_no_public_part(self):
        for words in (("--to", "pem"), ("--to", "der"), ("--public",)):
            self.refused(("--from", "raw", "--alg", "HS256", *words, "-"), 1, "secret", self.TEXT)

    def test_pyjwt_reads_it(self):
        import jwt
        key = jwt.PyJWK(json.loads(self.convert("--from", "raw", "--alg", "HS256", "-",
                                                stdin=self.TEXT.encode())))
        self.assertEqual(key.key, self.TEXT.encode())


class Forms(ConvertCase):
    def keys(self):
        return [json.loads(jeton("key", "new", "--alg", alg, "--kid", alg)[1])
                for alg in ("ES256", "Ed25519")]

    def test_a_set_stays_one_or_gives_the_key_that_is_named(self):
        keys = self.keys()
        path = self.file("set", json.dumps({"keys": keys}))
        self.assertEqual(json.loads(self.convert("--to", "jwks", path)), {"keys": keys})
        self.assertEqual(json.loads(self.convert("--kid", "Ed25519", path)), keys[1])
        self.assertEqual(json.loads(self.convert("--to", "jwks", "--kid", "ES256", path)),
                         {"keys": keys[:1]})
        public = json.loads(self.convert("--to", "jwks", "--public", path))["keys"]
        self.assertEqual([("d" in key, key["kid"]) for key in public],
                         [(False, "ES256"), (False, "Ed25519")])
        self.refused((path,), 1, "--kid")
        self.refused(("--to", "pem", path), 1, "--kid")
        self.refused(("--kid", "x", path), 1, "no key of that kid")

    def test_a_single_key_is_named_and_bound(self):
        pem = self.theirs("Ed25519")
        key = json.loads(self.convert("--kid", "a", "--alg", "Ed25519", "-", stdin=pem))
        self.assertEqual((key["kid"], key["alg"]), ("a", "Ed25519"))
        again = json.dumps(key)
        self.assertEqual(json.loads(self.convert("--kid", "b", "-", stdin=again.encode()))["kid"],
                         "b")
        self.assertEqual(json.loads(self.convert("--to", "jwks", "--kid", "a", "-", stdin=pem))
                         ["keys"][0]["kid"], "a")
        self.refused(("--alg", "ES256", "-"), 1, "not a key for|bound", again)
        self.refused(("--alg", "HS256", "-"), 1, "not a key for|bound", again)

    def test_what_is_asked_for_is_demanded(self):
        key = json.dumps(self.keys()[0])
        self.convert("--from", "jwk", "-", stdin=key.encode())
        self.refused(("--from", "pem", "-"), 1, "is not pem", key)
        self.refused(("--from", "der", "-"), 1, "is not der", key)
        self.refused(("--from", "x", "-"), 2, "--from takes", key)
        self.refused(("--to", "x", "-"), 2, "--to takes", key)
        self.refused(("--to", "jwk", "--encrypt", "-"), 2, "--to pem", key)
        self.refused(("--to", "pem", "--public", "--encrypt", "-"), 1, "not encrypted", key)

    def test_an_encrypted_jwk_is_told_apart(self):
        self.refused(("-",), 1, "JWE", "eyJhbGciOiJkaXIifQ.a.b.c.d")
        self.refused(("-",), 1, "JWE", '{"protected":"e30","ciphertext":"AA"}')

    def test_a_file_is_new_and_its_owners(self):
        key = json.dumps(self.keys()[0]).encode()
        path = os.path.join(self.folder, "out")
        self.assertEqual(self.convert("--out", path, "-", stdin=key), b"")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, encoding="utf-8") as written:
            self.assertTrue(written.read().endswith("}\n"))
        self.refused(("--out", path, "-"), 3, "exists", key.decode())
        der = os.path.join(self.folder, "der")
        self.convert("--to", "der", "--out", der, "-", stdin=key)
        with open(der, "rb") as written:
            self.assertEqual(written.read(), self.convert("--to", "der", "-", stdin=key))
        new = os.path.join(self.folder, "new")
        self.assertEqual(jeton("key", "new", "--alg", "ES256", "--out", new)[:2], (0, ""))
        self.assertEqual(stat.S_IMODE(os.stat(new).st_mode), 0o600)

    def test_der_is_a_key_for_every_command(self):
        path = self.file("key.der", self.theirs("ES256", "DER"))
        token = jeton("token", "sign", "--key", path, "--alg", "ES256")[1]
        self.assertEqual(jeton("token", "verify", "--key", path, "--alg", "ES256", "-",
                               stdin=token)[0], 0)
        self.assertEqual(jeton("key", "thumbprint", "--uri", path)[1][:45],
                         "urn:ietf:params:oauth:jwk-thumbprint:sha-256:")


harness.main()
