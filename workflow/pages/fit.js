'use strict';
// A table that is wider than its place is set tighter, and where that is not enough, each row
// becomes a card: no column is ever out of sight.
function fit(box) {
  const table = box.querySelector('table:not(.answers)');
  if (!table) return;
  table.classList.remove('tight', 'cards');
  const names = [...table.querySelectorAll('thead th')].map(head => head.textContent);
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, at) => { cell.dataset.label = names[at]; });
  }
  for (const step of ['tight', 'cards']) {
    if (box.scrollWidth > box.clientWidth) table.classList.add(step);
  }
}
{
  const widths = new Map();
  const watch = new ResizeObserver(all => all.forEach(({ target }) => {
    if (widths.get(target) === target.clientWidth) return;
    widths.set(target, target.clientWidth);
    fit(target);
  }));
  document.querySelectorAll('.table').forEach(box => watch.observe(box));
}
