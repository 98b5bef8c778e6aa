# SPDX-License-Identifier: Apache-2.0
"""newer.py - the nginx of the next Debian, unpacked beside the system's: its headers to build the
module with, its program and the C library that wants to run it. Nothing is installed.

The packages come through apt, from the mirror that ./dev setup has added for yyjson; they stay in
the folder that NGINX_NEWER names.
"""
import os
import pathlib
import subprocess
import sys

RELEASE = "trixie"
PACKAGES = ("nginx-dev", "nginx", "libc6", "libssl3t64")
ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN = """#!/bin/sh
exec {loader} --library-path {own}:{system} {folder}/usr/sbin/nginx "$@"
"""


def skip(why):
    """As meson understands it; the log has the reason."""
    print("skipped: " + why)
    sys.exit(77)


def run(*command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          check=False, timeout=600, **more)


def fetch(debs):
    debs.mkdir(parents=True, exist_ok=True)
    missing = [name for name in PACKAGES if not list(debs.glob(name + "_*.deb"))]
    if missing:
        done = run("apt-get", "download", *(f"{name}/{RELEASE}" for name in missing), cwd=debs)
        if done.returncode != 0:
            skip(f"apt has no {', '.join(missing)} of {RELEASE}: {done.stderr.strip()[-300:]}")


def unpack(debs, folder):
    for package in sorted(debs.glob("*.deb")):
        done = run("dpkg-deb", "-x", package, folder)
        if done.returncode != 0:
            skip(f"{package.name} cannot be unpacked: {done.stderr}")


def make_command(folder, command):
    loader = next(folder.glob("usr/lib*/ld-linux-*.so.*"), None) or \
        next(folder.glob("usr/lib/*/ld-linux-*.so.*"), None)
    own = next(folder.glob("usr/lib/*/libc.so.6"), None)
    if loader is None or own is None:
        skip("there is no C library in what was fetched")
    command.write_text(RUN.format(loader=loader, own=own.parent, folder=folder,
                                  system=pathlib.Path("/usr/lib") / own.parent.name))
    command.chmod(0o755)


def prepare():
    """What the environment has to say for nginx.py: NGINX_BINARY, NGINX_MODULE."""
    home = pathlib.Path(os.environ["NGINX_NEWER"]).resolve()
    folder, module = home / "root", home / "ngx_http_jeton_module.so"
    if f"VERSION_CODENAME={RELEASE}" in pathlib.Path("/etc/os-release").read_text():
        skip("the system's own nginx is this one")
    fetch(home / "debs")
    unpack(home / "debs", folder)
    make_command(folder, home / "nginx")
    built = run(ROOT / "tools/nginx-module", folder / "usr/share/nginx/src", os.environ["LIBJETON"],
                ROOT / "include", module)
    if built.returncode != 0 or built.stderr:
        sys.exit("the module does not build: " + built.stderr)
    done = run(home / "nginx", "-v")
    if done.returncode != 0:
        skip("the module builds, and that nginx does not run here: " + done.stderr)
    os.environ.update(NGINX_BINARY=str(home / "nginx"), NGINX_MODULE=str(module))
    return done.stderr.strip()
