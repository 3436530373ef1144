// Copyright (c) 2026, Rezonate
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws the page.

function draw() {
  select();
  drawCount();
  drawTenants();
  drawKeys();
  drawMatrix();
}

function follow() {
  const tenant = recall();
  showFilters();
  if (tenant) goTo(tenant);
  else draw();
}

drawHeadline();
drawGlance();
drawFilters();
// One tenant is no fleet: it needs no filters, and no click.
if (TENANTS.length === 1) {
  document.body.classList.add("single");
  view.open.add(0);
}
follow();

addEventListener("hashchange", follow);
addEventListener("beforeprint", writePaper);
addEventListener("afterprint", clearPaper);
