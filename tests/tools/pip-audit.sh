#!/usr/bin/env bash
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: tests/tools/pip-audit.sh
# Compares the lowest versions that requirements.txt permits, and the pins of the execution environment, with the known vulnerabilities.
set -euo pipefail

cd "$(dirname "$0")/../.."
lowest=$(mktemp)
trap 'rm -f "$lowest"' EXIT
sed -n 's/^\([A-Za-z0-9_.-]*\)>=\([0-9.]*\).*/\1==\2/p' requirements.txt >"$lowest"
for file in "$lowest" execution-environment-pins.txt; do
  output=$(pip-audit --disable-pip --no-deps --progress-spinner off -r "$file" 2>&1) && status=0 || status=$?
  # A mirror of PyPI has the packages without the list of vulnerabilities.
  if grep -qE 'could not be audited|ServiceError|ConnectionError|Max retries|HTTPError' <<<"$output"; then
    echo "pip-audit: skipped, the list of known vulnerabilities can't be reached."
    exit 0
  fi
  [ "$status" = 0 ] || { echo "$output"; exit 1; }
done
echo 'pip-audit: no known vulnerability in the lowest permitted versions and in the pins'
