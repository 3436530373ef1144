#!/usr/bin/env bash
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: tests/tools/sanity.sh INSTALLED_COLLECTION
# Runs all tests of `ansible-test sanity` with the first Python in PATH, and prints only the findings.
#
# ansible-test creates a virtual environment per test below $HOME, and downloads pip for each from its own site.
# Here, HOME is a directory below .build with a script that installs this pip from the package index instead. This also
# works with the package mirror of a company, and changes nothing in the home directory of the user.
set -euo pipefail

collection=$(cd "$1" && pwd)
build=$(cd "$(dirname "$0")/../.." && pwd)/.build
home=$build/home
version=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
core=$(python -c 'import ansible.release; print(ansible.release.__version__)')
log=$build/sanity-$core.log

mkdir -p "$home/.ansible/test/cache" "$home/.config"
# The user's settings for pip, such as a mirror, apply there as well.
if [ -d "${XDG_CONFIG_HOME:-$HOME/.config}/pip" ]; then
  ln -sfn "${XDG_CONFIG_HOME:-$HOME/.config}/pip" "$home/.config/pip"
fi

python - "$home/.ansible/test/cache" <<'PYTHON'
import importlib.util
import pathlib
import re
import sys

package = importlib.util.find_spec("ansible_test").submodule_search_locations[0]
source = pathlib.Path(package, "_internal", "python_requirements.py").read_text(encoding="utf-8")
script = """\
import subprocess, sys
# In its own process, since ensurepip disables the settings of pip for the process that it runs in.
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"])
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *arguments]))
"""
for pip in re.findall(r"\bpip='([\d.]+)'", source):
    pathlib.Path(sys.argv[1], f"get_pip_{pip.replace('.', '_')}.py").write_text(script, encoding="utf-8")
PYTHON

cd "$collection"
if ! HOME=$home XDG_CONFIG_HOME=$home/.config ansible-test sanity --color no --python "$version" "${@:2}" >"$log" 2>&1; then
  # Without the output of pip, and without the names of the tests that passed.
  grep -E '^(ERROR|FATAL|>>>|See documentation)|^\[ERROR\]|^[A-Za-z.]*Error: ' "$log" || tail -n 30 "$log"
  echo "The complete log: $log"
  exit 1
fi
ran=$(grep -c '^Running sanity test' "$log" || true)
[ "$ran" -gt 0 ] || { echo "ansible-test ran nothing. The complete log: $log"; exit 1; }
echo "ansible-test sanity: $ran tests passed with ansible-core $core on Python $version"
# The skipped tests are reported.
grep -E '^WARNING: Skipping|^WARNING: Required program' "$log" | sort -u || true
