#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the list of common passwords: common_passwords.py OUT.c common_words.txt

What people choose follows few rules: a word, a name, a run of keys, or two of them, with a number
or a mark behind. The words are ours and the rules are below, so the list can be read and argued
with. Capitals, look-alikes ("P@ssw0rd") and what stands before and behind ("dragon1987!") are
password_text.c's business: the list has the bare words, so it is short and goes far.
"""
import hashlib
import sys

LONGEST = 32
BEFORE = ("my", "the", "ilove", "iam", "hello", "big", "super", "mr", "miss", "team", "i", "go")
BEHIND = ("man", "boy", "girl", "love", "lover", "forever", "rocks", "rules", "fan", "baby", "x",
          "qwerty", "abc", "master", "king", "world", "house", "dog", "cat")
RUNS = ("1234567890", "0987654321", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop",
        "azertyuiop", "qsdfghjklm", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba",
        "1qaz2wsx3edc4rfv5tgb", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgb", "q1w2e3r4t5y6u7i8o9p0",
        "zaq12wsxcde34rfv", "zaq1xsw2cde3vfr4", "qweasdzxc", "147258369", "159753", "789456123",
        "741852963", "!@#$%^&*()", "a1b2c3d4e5f6g7", "1a2b3c4d5e6f7g", "112233445566778899",
        "aabbccddeeff", "poiuytrewq", "lkjhgfdsa", "mnbvcxz", "qwerasdf", "asdfzxcv", "1029384756")


def words(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.split("#")[0] for line in file]
    return sorted({word for line in lines for word in line.split()})


def runs():
    """Each piece of a run of keys, by itself and twice."""
    for run in RUNS:
        for start in range(len(run)):
            for end in range(start + 3, len(run) + 1):
                yield run[start:end]
                yield 2 * run[start:end]


def common(path):
    known = words(path)
    keys = set(runs())
    yield from keys
    for word in known:
        yield from (word, 2 * word, word[::-1])
        yield from (before + word for before in BEFORE)
        yield from (word + behind for behind in BEHIND)
    short_runs = [run for run in keys if len(run) in (3, 4, 6)]
    for run in short_runs:
        for other in ("abc", "qwe", "asd", "zxc", "qwer", "asdf", "qwerty", "123", "1234", "123456"):
            yield run + other


def main():
    out, source = sys.argv[1:]
    texts = {text for text in common(source) if len(text) <= LONGEST}
    keys = sorted({hashlib.sha256(text.encode()).digest()[:8].hex() for text in texts})
    with open(out, "w", encoding="utf-8") as file:
        file.write("/* Written by common_passwords.py. */\n"
                   '#include "accounts/password_text.h"\n\n'
                   "const uint64_t jd_common_passwords[] = {\n")
        file.writelines(f"    0x{key},\n" for key in keys)
        file.write("};\nconst size_t jd_common_password_count =\n"
                   "    sizeof jd_common_passwords / sizeof jd_common_passwords[0];\n")


if __name__ == "__main__":
    main()
