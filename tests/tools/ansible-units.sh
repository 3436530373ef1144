#!/usr/bin/env bash
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: tests/tools/ansible-units.sh [TEST ...]
# Runs `ansible-test units` on a copy of the checkout, since ansible-test requires a directory ansible_collections/rezonate/okta.
set -euo pipefail

cd "$(dirname "$0")/../.."
copy=.build/units/ansible_collections/rezonate/okta
rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from=- | tar --extract --directory "$copy"
git init --quiet "$copy"
version=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
cd "$copy"
unset ANSIBLE_CONFIG
exec ansible-test units --color no --python "$version" "$@"
