"""What the report's pages look like and how their tables sort and filter: CSS and JavaScript.

Kept as text so that the digest of code covers it, and so that a page needs no other file.
"""

CSS = """
:root { --ink: #1c2430; --faint: #64707d; --line: #d9dee4; --mark: #0b6e4f; --ground: #f5f7f8; }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem 1.25rem 3rem; background: #fff; color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 78rem; margin: 0 auto; }
main.prose { max-width: 52rem; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 0.2rem 0 0.4rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 0.4rem; border-bottom: 1px solid var(--line); }
p.caption { color: var(--faint); margin: 0 0 1rem; max-width: 60rem; }
p.note { background: #fff6dd; border-left: 4px solid #d99a00; padding: 0.5rem 0.8rem; }
code, pre { font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: var(--ground); padding: 0.7rem; border-radius: 6px; overflow: auto;
  max-height: 28rem; }
pre.command { white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 0.15rem 1rem; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
.controls { display: flex; flex-wrap: wrap; gap: 0.5rem 0.9rem; margin: 0 0 0.7rem;
  align-items: end; }
.controls label { display: flex; flex-direction: column; font-size: 12px; color: var(--faint); }
.controls label.tick { flex-direction: row; gap: 0.35rem; align-items: center;
  padding-bottom: 0.45rem; }
select, input[type=search], button { font: inherit; padding: 0.25rem 0.5rem; background: #fff;
  color: var(--ink); border: 1px solid #b8c0c9; border-radius: 5px; max-width: 16rem; }
button { cursor: pointer; }
button.source { padding: 0 0.4rem; font-size: 13px; color: var(--mark);
  border-color: var(--mark); }
.table { overflow: auto; max-width: 100%; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
.table > table { min-width: 100%; }
th, td { padding: 0.28rem 0.6rem; text-align: left; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
td.long { white-space: normal; min-width: 18rem; }
td.number, th.number { text-align: right; }
thead th { position: sticky; top: 0; background: var(--ground); }
thead button { all: unset; cursor: pointer; font-weight: 600; }
thead button:focus-visible { outline: 2px solid var(--mark); }
tbody tr:hover { background: var(--ground); }
.count { color: var(--faint); font-size: 13px; margin: 0.5rem 0; }
dialog { border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.25rem;
  width: min(52rem, 94vw); max-height: 90vh; overflow: auto; }
dialog::backdrop { background: rgb(20 30 40 / 45%); }
dialog form { float: right; margin: 0; }
@media (max-width: 600px) {
  body { padding: 2.2rem 0.7rem 2rem; font-size: 14px; }  /* the report's menu button */
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.4rem; }
  .controls label { flex: 1 1 40%; }
  select, input[type=search] { max-width: none; width: 100%; }
}
"""

# Draws the table that stands in the page as JSON; only so many rows at once.
JS = """
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const { columns, rows, filters, brief, sources } = data;
const at = Object.fromEntries(columns.map((name, i) => [name, i]));
const STEP = 200;
let shown = STEP, sorted = null, down = false, all = !brief.length;
const make = (tag, about = {}, ...inside) => {
  const node = Object.assign(document.createElement(tag), about);
  node.append(...inside);
  return node;
};
const isNumber = columns.map((name, i) => {
  const given = rows.map(row => row[i]).filter(cell => cell !== '');
  return given.length > 0 && given.every(cell => Number.isFinite(Number(cell)));
});
const isLong = columns.map((name, i) => rows.some(row => row[i].length > 60));
const said = (cell, i) =>
  isNumber[i] && /^-?\\d+\\.\\d{4,}$/.test(cell) ? Number(cell).toFixed(3) : cell;
const controls = document.getElementById('controls');
const chosen = {};
for (const name of filters) {
  const split = name === 'experiments' ? cell => cell.split(' ') : cell => [cell];
  const values = [...new Set(rows.flatMap(row => split(row[at[name]])))].sort(
    (a, b) => a.localeCompare(b, undefined, { numeric: true }));
  if (values.length < 2) continue;
  const select = make('select', {}, make('option', { value: '\\u0000', textContent: 'all' }),
    ...values.map(value => make('option', { value, textContent: value || '(empty)' })));
  select.dataset.filter = name;
  select.onchange = () => { chosen[name] = select.value; shown = STEP; draw(); };
  controls.append(make('label', {}, name.replaceAll('_', ' '), select));
}
const search = make('input', { type: 'search' });
search.oninput = () => { shown = STEP; draw(); };
if (rows.length > 12) controls.append(make('label', {}, 'search', search));
if (brief.length) {
  const tick = make('input', { type: 'checkbox' });
  tick.onchange = () => { all = tick.checked; draw(); };
  controls.append(make('label', { className: 'tick' }, tick, 'all columns'));
}
const save = make('button', { textContent: 'Save as CSV', type: 'button' });
save.onclick = () => {
  // As the workflow writes its tables: what a spreadsheet would compute becomes text.
  const guard = cell => /^[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?$/.test(cell) ? cell
    : cell.replace(/(^|[;\\t\\r\\n])(?='*[=+\\-@\\t\\r])/g, "$1'");
  const quote = cell => /[",\\n]/.test(cell) ? '"' + cell.replaceAll('"', '""') + '"' : cell;
  const line = row => row.map(guard).map(quote).join(',') + '\\n';
  const text = [columns, ...rows].map(line).join('');
  const link = make('a', { download: data.file, href: URL.createObjectURL(new Blob([text])) });
  link.click();
};
controls.append(save);
const matches = row => {
  for (const [name, value] of Object.entries(chosen)) {
    const cell = row[at[name]];
    const has = name === 'experiments' ? cell.split(' ').includes(value) : cell === value;
    if (value !== '\\u0000' && !has) return false;
  }
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  return words.every(word => row.some(cell => cell.toLowerCase().includes(word)));
};
const compare = (a, b) => {
  const [x, y] = [a[sorted], b[sorted]];
  if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1;  // empty cells last
  const order = isNumber[sorted] ? x - y : x.localeCompare(y, undefined, { numeric: true });
  return down ? -order : order;
};
function source(key) {
  const about = sources[key];
  const box = make('dialog', {},
    make('form', { method: 'dialog' }, make('button', { textContent: 'Close' })),
    make('h2', { textContent: about.title }),
    make('p', { textContent: 'Makes these rows again, in a clone of the project:' }),
    make('pre', { className: 'command', textContent: about.command }),
    make('pre', { textContent: about.text }));
  box.onclose = () => box.remove();
  document.body.append(box);
  box.showModal();
}
function draw() {
  const places = (all ? columns.filter(name => name !== data.key) : brief).map(name => at[name]);
  const found = rows.filter(matches);
  if (sorted !== null) found.sort(compare);
  const head = make('tr', {}, ...places.map(i => {
    const arrow = sorted === i ? (down ? ' \\u2193' : ' \\u2191') : '';
    const name = columns[i].replaceAll('_', ' ') + arrow;
    const button = make('button', { type: 'button', textContent: name });
    // Best first: numbers fall at the first click.
    button.onclick = () => { down = sorted === i ? !down : isNumber[i]; sorted = i; draw(); };
    return make('th', { className: isNumber[i] ? 'number' : '', scope: 'col' }, button);
  }));
  if (sources) head.append(make('th', { textContent: 'source', scope: 'col' }));
  const body = found.slice(0, shown).map(row => {
    const line = make('tr', {}, ...places.map(i => make('td', {
      className: isNumber[i] ? 'number' : isLong[i] ? 'long' : '', textContent: said(row[i], i),
    })));
    if (sources) {
      const button = make('button', { className: 'source', textContent: 'where from' });
      button.onclick = () => source(row[at[data.key]]);
      line.append(make('td', {}, button));
    }
    return line;
  });
  document.getElementById('table').replaceChildren(
    make('table', {}, make('thead', {}, head), make('tbody', {}, ...body)));
  const count = document.getElementById('count');
  count.replaceChildren(`${found.length} of ${rows.length} rows`);
  if (found.length > shown) {
    const more = make('button', { type: 'button', textContent: `show ${STEP} more` });
    more.onclick = () => { shown += STEP; draw(); };
    count.append(`, the first ${shown} shown `, more);
  }
}
draw();
"""
