const data = JSON.parse(document.getElementById('data').textContent);
const { columns, rows, filters, brief, sources } = data;
const at = Object.fromEntries(columns.map((name, i) => [name, i]));
const STEP = 200;
let shown = STEP, sorted = null, down = false, all = false;
const make = (tag, about = {}, ...inside) => {
  const node = Object.assign(document.createElement(tag), about);
  node.append(...inside);
  return node;
};
const isNumber = columns.map((name, i) => {
  const given = rows.map(row => row[i]).filter(cell => cell !== '');
  return given.length > 0 && given.every(cell => Number.isFinite(Number(cell)));
});
// What is the same in all rows is said once, above the table, which so has room for the rest.
const wanted = brief.length ? brief : columns.filter(name => name !== data.key);
const same = rows.length < 2 ? [] : wanted.filter(
  name => rows.every(row => row[at[name]] === rows[0][at[name]]));
const some = wanted.filter(name => !same.includes(name));
const isLong = columns.map((name, i) => rows.some(row => row[i].length > 60));
// Three decimals; of what these would make a zero, as a learning rate, two digits.
const short = number =>
  number && Math.abs(number) < 0.0005 ? String(Number(number.toPrecision(2))) : number.toFixed(3);
const said = (cell, i) =>
  isNumber[i] && /^-?\d+\.\d{4,}$/.test(cell) ? short(Number(cell)) : cell;
// A value and its interval share a cell: f1_macro with its _lower and _upper, value with lower and
// upper. Places of their columns, by that of the value.
const ends = new Map();
columns.forEach((name, i) => {
  const [low, high] = name === 'value' || name === 'difference' ?
    ['lower', 'upper'] : [`${name}_lower`, `${name}_upper`];
  if (low in at && high in at) ends.set(i, [at[low], at[high]]);
});
const inOne = (i, row) => {
  const [low, high] = ends.get(i).map(end => said(row[end], end));
  return said(row[i], i) + (low || high ? ` (${low} to ${high})` : '');
};
const controls = document.getElementById('controls');
const chosen = {};
for (const name of filters) {
  const split = name === 'experiments' ? cell => cell.split(' ') : cell => [cell];
  const values = [...new Set(rows.flatMap(row => split(row[at[name]])))].sort(
    (a, b) => a.localeCompare(b, undefined, { numeric: true }));
  if (values.length < 2) continue;
  const select = make('select', {}, make('option', { value: '\u0000', textContent: 'all' }),
    ...values.map(value => make('option', { value, textContent: value || '(empty)' })));
  select.dataset.filter = name;
  select.onchange = () => { chosen[name] = select.value; shown = STEP; draw(); };
  controls.append(make('label', {}, name.replaceAll('_', ' '), select));
}
const search = make('input', { type: 'search' });
search.oninput = () => { shown = STEP; draw(); };
if (rows.length > 12) controls.append(make('label', {}, 'search', search));
if (some.length < columns.length - Boolean(data.key)) {
  const tick = make('input', { type: 'checkbox' });
  tick.onchange = () => { all = tick.checked; draw(); };
  controls.append(make('label', { className: 'tick' }, tick, 'all columns'));
}
const save = make('button', { textContent: 'Save as CSV', type: 'button' });
save.onclick = () => download(data.file, csv(columns, rows));
controls.append(save);
const given = same.filter(name => rows[0][at[name]] !== '');
if (given.length) {
  const told = given.map(name => `${name.replaceAll('_', ' ')} ${said(rows[0][at[name]], at[name])}`);
  controls.after(make('p', { className: 'count', textContent: `In all rows: ${told.join(', ')}.` }));
}
const matches = row => {
  for (const [name, value] of Object.entries(chosen)) {
    const cell = row[at[name]];
    const has = name === 'experiments' ? cell.split(' ').includes(value) : cell === value;
    if (value !== '\u0000' && !has) return false;
  }
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
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
  const seen = (all ? columns.filter(name => name !== data.key) : some).map(name => at[name]);
  const joined = new Map([...ends].filter(([i, pair]) => [i, ...pair].every(each => seen.includes(each))));
  const hidden = [...joined.values()].flat();
  const places = seen.filter(i => !hidden.includes(i));
  const called = i => columns[i].replaceAll('_', ' ') + (joined.has(i) ? ', 95 %' : '');
  const found = rows.filter(matches);
  if (sorted !== null) found.sort(compare);
  const head = make('tr', {}, ...places.map(i => {
    const arrow = sorted === i ? (down ? ' \u2193' : ' \u2191') : '';
    const button = make('button', { type: 'button', textContent: called(i) + arrow });
    // Best first: numbers fall at the first click.
    button.onclick = () => { down = sorted === i ? !down : isNumber[i]; sorted = i; draw(); };
    return make('th', { className: isNumber[i] ? 'number' : '', scope: 'col' }, button);
  }));
  if (sources) head.append(make('th', { textContent: 'source', scope: 'col' }));
  const body = found.slice(0, shown).map(row => {
    const line = make('tr', {}, ...places.map(i => make('td', {
      className: isNumber[i] ? 'number' : isLong[i] ? 'long' : '',
      textContent: joined.has(i) ? inOne(i, row) : said(row[i], i),
    })));
    if (sources) {
      const button = make('button', {
        className: 'source', textContent: 'show', title: 'where this row comes from',
      });
      button.onclick = () => source(row[at[data.key]]);
      line.append(make('td', {}, button));
    }
    return line;
  });
  const table = make('table', {}, make('thead', {}, head), make('tbody', {}, ...body));
  const box = document.getElementById('table');
  box.replaceChildren(table);
  fit(box);
  const count = document.getElementById('count');
  count.replaceChildren(`${found.length} of ${rows.length} rows`);
  if (found.length > shown) {
    const more = make('button', { type: 'button', textContent: `show ${STEP} more` });
    more.onclick = () => { shown += STEP; draw(); };
    count.append(`, the first ${shown} shown `, more);
  }
}
draw();
