#!/usr/bin/env bash
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: tests/tools/galaxy.sh COLLECTION.tar.gz
# Imports the built collection as Galaxy does, with the checks of certified content, and prints only what it finds.
set -euo pipefail

archive=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/.build
log=$build/galaxy.log

# galaxy-importer works in the current directory, and its lint would find the settings of a checkout there.
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
unset ANSIBLE_CONFIG
status=0
GALAXY_IMPORTER_CONFIG=$here/galaxy-importer.cfg python -m galaxy_importer.main "$archive" >"$log" 2>&1 || status=$?
findings=$(grep -E '^(WARNING|ERROR)' "$log" | cut -c1-300 | sort -u || true)
if [ "$status" != 0 ] || [ -n "$findings" ]; then
  echo "${findings:-$(tail -n 30 "$log")}"
  echo "The complete log: $log"
  exit 1
fi
echo "galaxy-importer: $(basename "$archive") is accepted without a warning"
