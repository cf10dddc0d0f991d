// One question after another, by keyboard, mouse or thumb.
const byId = id => document.getElementById(id);
const make = (tag, about = {}, ...inside) => {
  const node = Object.assign(document.createElement(tag), about);
  node.append(...inside);
  return node;
};
const NAMES = { [PRESENT]: 'yes', [ABSENT]: 'no', [UNSURE]: 'unsure' };
const SPEEDS = [1, 0.5, 0.25], COLOURS = ['paper', 'night', 'inferno'];
const total = data.questions.length;
const player = new Player();
let answers = null, at = 0, view = 'start', plot = null, undone = [], revisit = [];

// What is seen and heard, kept for the next time.
const look = {
  colours: '', contrast: 0, top: data.top, speed: 1, gain: 0, band: false, play: true, around: false,
  score: false, theme: '',
};
const LOOK = 'anurans-review/look', WHO = 'anurans-review/who';
try { Object.assign(look, JSON.parse(localStorage.getItem(LOOK) ?? '{}')); } catch { /* as it is */ }
look.top = Math.min(look.top, data.top);
const keepLook = () => {
  try { localStorage.setItem(LOOK, JSON.stringify(look)); } catch { /* for now alone */ }
};
const isDark = () => look.theme ? look.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
const seen = () => ({ ...look, colours: look.colours || (isDark() ? 'inferno' : 'paper') });
const dress = () => {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  document.documentElement.dataset.ground = seen().colours === 'paper' ? 'bright' : 'dark';
};

// ---- words
const named = code => {
  const name = LISTED.get(code) ?? code;
  const latin = /^[A-Z][a-z-]+ [a-z][a-z. -]+$/.test(name);
  return [make(latin ? 'i' : 'span', { textContent: name }), ...(name === code ? [] : [' ', make('small', { textContent: code })])];
};
const current = () => data.questions[at];
const isMulti = asked => asked.species.length > 1;
const band = asked => {
  const found = asked.rows.map(row => [cell(row, 'fmin'), cell(row, 'fmax')]).filter(([low, high]) => low && high);
  if (!found.length) return null;
  return [Math.min(...found.map(each => Number(each[0]))), Math.max(...found.map(each => Number(each[1])))];
};
const boxes = asked => asked.rows.flatMap(row => {
  const [from, to, low, high] = ['event_start', 'event_end', 'fmin', 'fmax'].map(name => cell(row, name));
  if (from === '' && low === '') return [];
  return [{
    from: Number(from || asked.start), to: Number(to || asked.end), low: Number(low || 0),
    high: Number(high || data.top), label: isMulti(asked) ? cell(row, 'species') : '',
  }];
});
const kindOf = asked => cell(asked.rows[0], 'kind');
const isBlind = asked => data.blind.includes(kindOf(asked));
const scored = asked => asked.rows.map(row => [cell(row, 'species'), cell(row, 'score'), cell(row, 'stratum')])
  .filter(each => each[1] !== '')
  .map(([species, score, stratum]) => (isMulti(asked) ? species + ' ' : '') + (+Number(score).toFixed(3)) + (stratum ? ` (stratum ${stratum})` : ''))
  .join(', ');
const reason = asked => {
  const told = [...new Set(asked.rows.map(row => cell(row, 'why')).filter(Boolean))].join('; ');
  if (!isBlind(asked)) return [data.about, told].filter(Boolean).join(' ');
  if (!look.score || !answers.of[asked.question]) return data.about;
  const score = scored(asked);
  return [data.about, told, score && `The model's score: ${score}.`].filter(Boolean).join(' ');
};
const spoken = question => {
  const answer = answers.of[question];
  if (!answer) return '';
  const marks = Object.entries(answer.marks);
  const words = marks.length > 1
    ? marks.filter(([, mark]) => mark !== ABSENT).map(([code, mark]) => code + (mark === UNSURE ? ' unsure' : '')).join(', ') || 'none'
    : NAMES[marks[0][1]];
  return [words, answer.also.length && `also ${answer.also.join(', ')}`, answer.quality].filter(Boolean).join(', ');
};
const timeLeft = () => {
  if (Object.keys(answers.of).length === total) return '';
  const done = Object.values(answers.of).map(each => Date.parse(each.at)).sort((a, b) => a - b).slice(-40);
  const gaps = done.slice(1).map((time, i) => time - done[i]).filter(gap => gap < 120000).sort((a, b) => a - b);
  if (gaps.length < 5) return '';
  const minutes = gaps[Math.floor(gaps.length / 2)] * (total - Object.keys(answers.of).length) / 60000;
  return minutes < 1 ? ', less than a minute left' : `, about ${Math.round(minutes)} min left`;
};

// ---- showing
const show = name => {
  // What is hidden would keep the keys for a moment.
  if (view !== name && document.activeElement !== document.body) document.activeElement?.blur();
  view = name;
  for (const [id, of] of [['start', 'start'], ['asking', 'ask'], ['many', 'grid'], ['end', 'end']]) byId(id).hidden = of !== name;
  byId('bar').hidden = name === 'start';
  byId('to-grid').disabled = name === 'grid';
  if (name !== 'ask') player.stop();
  warn();
};
const warn = () => {
  const lost = answers && !answers.kept;
  byId('warning').hidden = !lost;
  if (lost) byId('warning').textContent = 'This browser keeps nothing for this page. Save your progress to a file before you close it (Save).';
};
const strip = () => {
  const place = byId('strip');
  while (place.children.length < total) place.append(make('span'));
  const here = view === 'ask' ? at : -1;
  data.questions.forEach((asked, i) => { place.children[i].className = answers.kind(asked.question) + (i === here ? ' here' : ''); });
  const done = Object.keys(answers.of).length;
  place.setAttribute('aria-valuemax', total);
  place.setAttribute('aria-valuenow', done);
  byId('count').textContent = `${done} of ${total}${timeLeft()}`;
};
const drawnNow = async () => {
  const asked = current();
  plot = await drawQuestion(byId('picture'), asked, seen(), boxes(asked));
};
const button = name => document.querySelector(`[data-do=${name}]`);
const tools = () => {
  const asked = current(), has = band(asked);
  byId('speed').textContent = { 1: '1', 0.5: '½', 0.25: '¼' }[look.speed];
  byId('gain').textContent = `${look.gain > 0 ? '+' : ''}${look.gain} dB`;
  byId('top').textContent = `${+(look.top / 1000).toFixed(1)} kHz`;
  button('band').disabled = !has;
  button('band').title = has ? '' : 'This clip has no box with frequencies';
  button('band').setAttribute('aria-pressed', Boolean(has && look.band));
  byId('band').textContent = has ? `${+(has[0] / 1000).toFixed(1)} to ${+(has[1] / 1000).toFixed(1)} kHz` : '';
  player.rate = look.speed;
  player.gain = look.gain;
  player.band = has && look.band ? has : null;
};
const draft = asked => answers.drafts[asked.question]
  ?? { marks: { ...answers.of[asked.question]?.marks }, also: [...answers.of[asked.question]?.also ?? []] };
const chips = () => {
  const asked = current(), now = draft(asked), place = byId('chips');
  const multi = isMulti(asked);
  place.replaceChildren();
  place.hidden = !multi && !now.also.length;
  place.className = asked.species.length > 8 ? 'crowd' : '';
  if (multi) asked.species.forEach((code, i) => {
    const mark = now.marks[code] ?? '';
    const chip = make('button', { type: 'button', className: `chip ${mark}`, onclick: () => toggle(i) },
      ...(i < 10 ? [make('kbd', { textContent: (i + 1) % 10 })] : []), make('span', {}, ...named(code)),
      make('em', { textContent: mark === ABSENT ? '' : NAMES[mark] ?? '' }));
    chip.setAttribute('aria-pressed', mark === PRESENT ? 'true' : mark === UNSURE ? 'mixed' : 'false');
    place.append(chip);
  });
  for (const each of now.also) place.append(make('span', { className: 'chip present also' }, make('span', {}, ...named(each)), make('em', { textContent: 'also' })));
};
const ask = (index, plays = look.play) => {
  at = Math.max(0, Math.min(total - 1, index));
  const asked = current(), multi = isMulti(asked);
  show('ask');
  byId('ask').replaceChildren(...(multi ? ['Which of these call in the clip?'] : ['Does ', ...named(asked.species[0]), ' call in the clip?']));
  const kind = answers.kind(asked.question), said = spoken(asked.question);
  byId('state').className = `badge ${kind}`;
  byId('state').textContent = said;
  for (const name of ['yes', 'several']) button(name).hidden = multi;
  button('done').hidden = !multi;
  button('no').firstChild.textContent = multi ? 'None' : 'No';
  button('other').firstChild.textContent = multi ? 'Find species' : 'Other species';
  button('unsure').firstChild.textContent = multi ? 'Others unsure' : 'Unsure';
  for (const name of ['yes', 'no', 'unsure']) button(name).classList.toggle('chosen', !multi && { yes: PRESENT, no: ABSENT, unsure: UNSURE }[name] === kind);
  byId('rule').textContent = data.rule + '.';
  byId('why').textContent = reason(asked);
  byId('where').textContent = [
    asked.site, asked.time, `${asked.recording}, ${+asked.start.toFixed(2)} to ${+asked.end.toFixed(2)} s`,
    asked.gain > 1 && `sound raised by ${Math.round(asked.gain)} dB`,
  ].filter(Boolean).join(' · ');
  const note = answers.notes[asked.question] ?? '';
  byId('noted').textContent = note;
  byId('noted').hidden = byId('noted-name').hidden = !note;
  byId('picture').setAttribute('aria-label', `Spectrogram, ${asked.from.toFixed(1)} to ${asked.to.toFixed(1)} s; the clip is from ${asked.start} to ${asked.end} s`);
  button('back').disabled = at === 0;
  button('next').disabled = at === total - 1;
  button('undo').disabled = !undone.length;
  chips();
  tools();
  strip();
  drawnNow();
  if (plays) replay(look.around); else player.stop();
  const later = data.questions[at + 1];
  if (later) { grey(later); if (player.context) player.sound(later); }
};
const replay = (around = false, from = null) => {
  const asked = current();
  tools();
  player.wake();
  const [first, last] = around ? [asked.from, asked.to] : [asked.start, asked.end];
  byId('busy').hidden = true;
  player.play(asked, from ?? first, from === null ? last : asked.to)
    .catch(() => { byId('busy').hidden = false; byId('busy').textContent = 'This browser cannot play the sound'; });
  watch();
};
let watching = false;
const watch = () => {
  if (watching) return;
  watching = true;
  const step = () => {
    const time = player.at(), head = byId('playhead');
    const shown = time !== null && view === 'ask' && plot && player.playing.asked === current();
    head.hidden = !shown;
    if (shown) {
      head.style.transform = `translateX(${plot.x + (time - plot.from) / (plot.to - plot.from) * plot.w}px)`;
      head.style.top = `${plot.y}px`;
      head.style.height = `${plot.h}px`;
    }
    if (player.turn) requestAnimationFrame(step); else { watching = false; head.hidden = true; }
  };
  requestAnimationFrame(step);
};

// ---- answering
const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
const put = given => {
  undone.push({ at, before: given.map(([question]) => [question, structuredClone(answers.of[question] ?? null)]) });
  for (const [question, answer] of given) answers.set(question, { quality: '', also: [], ...answer, at: now() });
};
const tell = text => { byId('last').textContent = text; };
const goOn = () => {
  const open = i => !answers.of[data.questions[i].question];
  const later = [...Array(total).keys()].map(i => (at + 1 + i) % total).find(open);
  if (revisit.length) ask(revisit.shift());
  else if (later === undefined) end();
  else ask(later);
};
const answer = given => {
  const asked = current();
  put([[asked.question, given]]);
  const score = look.score && isBlind(asked) ? scored(asked) : '';
  tell(`Before: ${spoken(asked.question)}${score && `, the model's score ${score}`}`);
  goOn();
};
const all = (asked, mark, marks = {}) => Object.fromEntries(asked.species.map(code => [code, marks[code] || mark]));
const chosen = marks => Object.fromEntries(Object.entries(marks).filter(([, mark]) => mark !== ABSENT));
const say = mark => {
  const asked = current(), { also } = draft(asked);
  if (!isMulti(asked)) return answer({ marks: all(asked, mark) });
  // Of several: none of them, or those that are not marked are unsure.
  answer(mark === ABSENT ? { marks: all(asked, ABSENT), also } : { marks: all(asked, UNSURE, chosen(draft(asked).marks)), also });
};
const done = () => {
  const asked = current(), { marks, also } = draft(asked);
  if (isMulti(asked)) answer({ marks: all(asked, ABSENT, marks), also });
};
const distorted = () => {
  const asked = current();
  const { marks, also } = isMulti(asked) ? draft(asked) : { marks: {}, also: [] };
  answer({ marks: all(asked, UNSURE, chosen(marks)), also, quality: 'distorted' });
};
const toggle = (i, mark) => {
  const asked = current(), changed = draft(asked), code = asked.species[i];
  if (!code || !isMulti(asked)) return;
  const order = [undefined, PRESENT, UNSURE, ABSENT];
  const next = mark ?? { [PRESENT]: UNSURE, [UNSURE]: ABSENT }[changed.marks[code]] ?? PRESENT;
  if (order.includes(next)) changed.marks[code] = next;
  answers.drafts[asked.question] = changed;
  answers.keep();
  chips();
};
const undo = () => {
  const last = undone.pop();
  if (!last) return;
  for (const [question, before] of last.before) answers.set(question, before);
  tell('Undone');
  ask(last.at);
};

// ---- dialogs
// Browsers tell of a closed dialog a moment later, when the next key may have been pressed: here what
// follows is done at once, and keys go to the page again.
const CLOSED = {};
const shut = (dialog, value = '') => {
  if (!dialog.open) return;
  dialog.close();
  if (document.activeElement !== document.body) document.activeElement?.blur();
  CLOSED[dialog.id]?.(value);
};
for (const dialog of document.querySelectorAll('dialog')) {
  dialog.addEventListener('cancel', event => { event.preventDefault(); shut(dialog); });
  dialog.addEventListener('submit', event => { event.preventDefault(); shut(dialog, event.submitter?.value); });
}

// ---- another species, or several
let taken = [], pickedFor = '', marked = 0, offered = [];
const normal = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const pick = purpose => {
  const asked = current();
  pickedFor = purpose;
  taken = isMulti(asked) ? [...draft(asked).also, ...asked.species.filter(code => draft(asked).marks[code] === PRESENT)] : [];
  byId('picker-title').textContent = isMulti(asked) ? 'Which species call?'
    : purpose === 'several' ? 'Which others call besides it?' : 'Which species is it instead?';
  byId('find').value = '';
  find();
  byId('picker').showModal();
};
const find = () => {
  const asked = current(), typed = byId('find').value.trim(), words = normal(typed).split(/\s+/).filter(Boolean);
  const fits = ({ code, name }) => {
    const parts = normal(`${code} ${name}`).split(/[\s_-]+/);
    return words.every(word => parts.some(part => part.startsWith(word)))
      ? 2 : words.every(word => normal(`${code} ${name}`).includes(word)) ? 1 : 0;
  };
  offered = data.species
    .filter(each => (isMulti(asked) || !asked.species.includes(each.code)) && !taken.includes(each.code))
    .map(each => [fits(each), each]).filter(([rank]) => rank).sort((a, b) => b[0] - a[0]).map(([, each]) => each.code);
  if (typed && !LISTED.has(typed) && !taken.includes(typed)) offered.push(typed);
  marked = 0;
  const items = offered.map((code, i) => {
    const item = make('li', { id: `found-${i}`, onclick: () => take(i) }, ...(LISTED.has(code) ? named(code) : [`“${code}”, which is not in the list`]));
    item.setAttribute('role', 'option');
    return item;
  });
  byId('found').replaceChildren(...items);
  mark(0);
  byId('picked').replaceChildren(...taken.map(code => {
    const chip = make('button', { type: 'button', className: 'chip present', onclick: () => { taken = taken.filter(each => each !== code); find(); byId('find').focus(); } },
      make('span', {}, ...named(code)), ' ×');
    chip.setAttribute('aria-label', `Remove ${code}`);
    return chip;
  }));
};
const mark = i => {
  const items = byId('found').children;
  if (items.length) marked = (i + items.length) % items.length;
  [...items].forEach((item, k) => item.setAttribute('aria-selected', k === marked));
  byId('find').setAttribute('aria-activedescendant', items.length ? `found-${marked}` : '');
  items[marked]?.scrollIntoView({ block: 'nearest' });
};
const take = i => {
  if (offered[i] === undefined) return;
  taken.push(offered[i]);
  byId('find').value = '';
  find();
  byId('find').focus();
};
const picked = () => {
  shut(byId('picker'));
  const asked = current();
  if (isMulti(asked)) {
    const changed = draft(asked);
    for (const code of asked.species) {
      if (taken.includes(code)) changed.marks[code] = PRESENT;
      else if (changed.marks[code] === PRESENT) delete changed.marks[code];
    }
    changed.also = taken.filter(code => !asked.species.includes(code));
    answers.drafts[asked.question] = changed;
    answers.keep();
    chips();
  } else if (taken.length || pickedFor === 'several') {
    answer({ marks: all(asked, pickedFor === 'several' ? PRESENT : ABSENT), also: taken });
  }
};
byId('find').oninput = find;
byId('find').onkeydown = event => {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { mark(marked + (event.key === 'ArrowDown' ? 1 : -1)); event.preventDefault(); }
  if (event.key === 'Enter') { event.preventDefault(); if (byId('find').value.trim() || !taken.length) take(marked); else picked(); }
  if (event.key === 'Backspace' && !byId('find').value && taken.length) { taken.pop(); find(); }
};
byId('picker-done').onclick = picked;
byId('picker-cancel').onclick = () => shut(byId('picker'));

// ---- notes
const note = () => {
  byId('text').value = answers.notes[current().question] ?? '';
  byId('noting').showModal();
  byId('text').focus();
};
byId('text').onkeydown = event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); shut(byId('noting'), 'keep'); } };
CLOSED.noting = value => {
  if (value !== 'keep') return;
  const question = current().question, text = byId('text').value.trim();
  if (text) answers.notes[question] = text; else delete answers.notes[question];
  answers.changed = true;
  answers.keep();
  ask(at, false);
};

// ---- the grid
let tiles = [], focused = 0, turn = 0;
const grid = () => {
  const open = data.questions.filter(asked => !isMulti(asked) && !answers.of[asked.question]);
  const from = data.questions.slice(view === 'ask' ? at : 0).find(asked => open.includes(asked)) ?? open[0];
  if (!from) { tell('Nothing is left for the grid: it is for open questions about one species.'); return; }
  const species = from.species[0], first = open.indexOf(from);
  const same = [...open.slice(first), ...open.slice(0, first)].filter(asked => asked.species[0] === species);
  tiles = same.slice(0, 24).map(asked => ({ asked, mark: '' }));
  show('grid');
  byId('many-ask').replaceChildren('Does ', ...named(species), ` call in these ${tiles.length === 1 ? 'clip' : tiles.length}?`);
  byId('tiles').replaceChildren(...tiles.map((tile, i) => {
    const canvas = make('canvas');
    const press = make('button', { type: 'button', className: 'tile', onclick: () => markTile(i), onfocus: () => { focused = i; } }, canvas, make('span', { className: 'tag' }));
    const ear = make('button', { type: 'button', className: 'ear', tabIndex: -1, textContent: '▶', onclick: () => playTile(i) });
    ear.setAttribute('aria-label', `Play clip ${i + 1}`);
    tile.press = press;
    tile.canvas = canvas;
    return make('div', { className: 'cell' }, press, ear);
  }));
  drawTiles();
  tileWords();
  strip();
  focused = 0;
  tiles[0].press.focus({ preventScroll: true });
  scrollTo(0, 0);
};
const drawTiles = () => tiles.forEach(tile => drawQuestion(tile.canvas, tile.asked, seen(), boxes(tile.asked), false));
const tileWords = () => {
  const count = { '': 0, x: 0, u: 0 };
  tiles.forEach((tile, i) => {
    count[tile.mark]++;
    tile.press.dataset.mark = tile.mark;
    tile.press.querySelector('.tag').textContent = { '': i + 1, x: 'differs', u: 'unsure' }[tile.mark];
    tile.press.setAttribute('aria-pressed', tile.mark === 'x' ? 'true' : tile.mark === 'u' ? 'mixed' : 'false');
    tile.press.setAttribute('aria-label', `Clip ${i + 1}, ${tile.asked.time || tile.asked.recording}`);
  });
  const others = (rest, differ) => `${rest}: ${count['']}` + (count.x ? `, ${differ}: ${count.x}` : '') + (count.u ? `, unsure: ${count.u}` : '');
  document.querySelector('[data-grid=y] span').textContent = others('Yes', 'no');
  document.querySelector('[data-grid=n] span').textContent = others('No', 'yes');
};
const markTile = i => {
  tiles[i].mark = { '': 'x', x: 'u', u: '' }[tiles[i].mark];
  focused = i;
  tileWords();
};
const playTile = async (i, next = () => {}) => {
  const { asked, press } = tiles[i];
  player.wake();
  player.rate = look.speed; player.gain = look.gain; player.band = null;
  tiles.forEach(tile => tile.press.classList.toggle('sounds', tile.press === press));
  await player.play(asked, asked.start, asked.end, () => { press.classList.remove('sounds'); next(); });
};
const playAll = () => {
  const mine = ++turn;
  const one = i => { if (mine === turn && view === 'grid' && i < tiles.length) playTile(i, () => one(i + 1)); };
  one(0);
};
const confirmAll = rest => {
  const differ = rest === PRESENT ? ABSENT : PRESENT;
  put(tiles.map(({ asked, mark }) => [asked.question, { marks: all(asked, { '': rest, x: differ, u: UNSURE }[mark]) }]));
  tell(`Before: ${tiles.length} clips of the grid`);
  turn++;
  const left = data.questions.some(asked => !isMulti(asked) && !answers.of[asked.question]);
  if (left) { view = 'start'; grid(); } else { at = data.questions.indexOf(tiles.at(-1).asked); goOn(); }
};
const gridKeys = key => {
  const columns = getComputedStyle(byId('tiles')).gridTemplateColumns.split(' ').length;
  const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  if (move) { tiles[Math.max(0, Math.min(tiles.length - 1, focused + move))].press.focus(); return true; }
  const does = {
    ' ': () => { turn++; playTile(focused); }, x: () => markTile(focused), p: playAll, y: () => confirmAll(PRESENT),
    n: () => confirmAll(ABSENT), g: () => goBack(), Escape: () => goBack(), z: undo, '?': help,
  }[key];
  does?.();
  return Boolean(does);
};
const goBack = () => { turn++; const open = data.questions.findIndex(asked => !answers.of[asked.question]); ask(open < 0 ? at : answers.of[current().question] ? open : at); };
for (const each of document.querySelectorAll('[data-grid]')) each.onclick = () => gridKeys(each.dataset.grid);

// ---- the end, and files
const end = () => {
  show('end');
  strip();
  const count = {};
  for (const { question } of data.questions) {
    const kind = answers.kind(question) || 'open';
    count[kind] = (count[kind] ?? 0) + 1;
  }
  const words = { [PRESENT]: 'Yes', [ABSENT]: 'No', [UNSURE]: 'Unsure', open: 'Open' };
  byId('end-counts').replaceChildren(...Object.keys(words).filter(kind => count[kind])
    .flatMap(kind => [make('dt', { textContent: words[kind] }), make('dd', { textContent: count[kind] })]));
  byId('end-file').textContent = answers.file('verdicts', 'csv');
  byId('end-unsure').hidden = !count[UNSURE];
  byId('end-told').textContent = '';
};
const saveVerdicts = () => {
  download(answers.file('verdicts', 'csv'), answers.verdicts());
  answers.changed = false;
  said(`Saved as ${answers.file('verdicts', 'csv')}.`);
};
const said = text => { for (const id of ['end-told', 'save-told']) byId(id).textContent = text; };
const handIn = async () => {
  const file = answers.file('verdicts', 'csv');
  try {
    const reply = await fetch(encodeURIComponent(file), { method: 'POST', body: answers.verdicts() });
    const text = await reply.text();
    if (!reply.ok) throw new Error(text.length < 200 ? text : reply.statusText);
    answers.changed = false;
    said(`Handed in as ${text}.`);
  } catch (error) { said(`Not handed in: ${error.message}. Save the file instead.`); }
};
const saving = () => {
  const done = Object.keys(answers.of).length;
  byId('saving-told').textContent = `${answers.who}: ${done} of ${total} answered. Save verdicts as often as you like. A later file holds all of an earlier one.`;
  byId('save-told').textContent = '';
  byId('saving').showModal();
};
byId('to-save').onclick = saving;
byId('save-verdicts').onclick = byId('end-save').onclick = saveVerdicts;
byId('hand-in').onclick = byId('end-hand').onclick = handIn;
byId('hand-in').hidden = byId('end-hand').hidden = !location.protocol.startsWith('http');
byId('save-progress').onclick = () => {
  download(answers.file('progress', 'json'), JSON.stringify(answers.all()));
  answers.changed = false;
  said(`Saved as ${answers.file('progress', 'json')}.`);
};
byId('load-progress').onclick = byId('start-load').onclick = () => byId('file').click();
byId('file').onchange = async () => {
  const [file] = byId('file').files;
  byId('file').value = '';
  if (!file) return;
  let found;
  try { found = JSON.parse(await file.text()); } catch { found = {}; }
  if (found.queue !== data.queue || found.digest !== data.digest || !found.who) {
    const text = `${file.name} is no progress of this queue (${data.queue}).`;
    said(text);
    byId('who-told').textContent = text;
    return;
  }
  answers = new Answers(found.who);
  answers.take(found);
  answers.keep();
  shut(byId('saving'));
  begin();
};
byId('change-who').onclick = () => { shut(byId('saving')); byId('who').value = ''; opening(); };
byId('end-first').onclick = () => ask(0);
byId('end-unsure').onclick = () => {
  // They stay answered until they are answered otherwise.
  revisit = [...data.questions.keys()].filter(i => answers.kind(data.questions[i].question) === UNSURE);
  ask(revisit.shift());
};
addEventListener('beforeunload', event => { if (answers && !answers.kept && answers.changed) event.preventDefault(); });

// ---- keys
const turnLook = (name, value) => { look[name] = value; keepLook(); };
const after = (list, value) => list[(list.indexOf(value) + 1) % list.length];
const again = () => { tools(); if (player.playing) replay(look.around); };
const tops = () => [1, 0.5, 0.25].map(share => share * data.top);
const DOES = {
  replay: () => replay(), around: () => replay(true),
  slower: () => { turnLook('speed', after(SPEEDS, look.speed)); tools(); replay(); },
  louder: () => { turnLook('gain', Math.min(48, look.gain + 6)); again(); },
  softer: () => { turnLook('gain', Math.max(-24, look.gain - 6)); again(); },
  band: () => { if (band(current())) { turnLook('band', !look.band); tools(); replay(); } },
  top: () => { turnLook('top', after(tops(), look.top)); tools(); drawnNow(); },
  harder: () => { turnLook('contrast', Math.min(4, look.contrast + 1)); drawnNow(); },
  flatter: () => { turnLook('contrast', Math.max(-4, look.contrast - 1)); drawnNow(); },
  colours: () => { turnLook('colours', after(COLOURS, seen().colours)); dress(); drawnNow(); },
  note, undo, yes: () => isMulti(current()) ? tell('Mark those that call by their number, then Enter.') : say(PRESENT),
  no: () => say(ABSENT), unsure: () => say(UNSURE), other: () => pick('other'), several: () => pick('several'),
  distorted, done, back: () => ask(at - 1), next: () => at < total - 1 && ask(at + 1),
};
const KEYS = {
  ' ': 'replay', w: 'around', h: 'slower', '+': 'louder', '=': 'louder', '-': 'softer', b: 'band', f: 'top', ']': 'harder', '[': 'flatter',
  c: 'colours', m: 'note', z: 'undo', y: 'yes', n: 'no', u: 'unsure', o: 'other', '/': 'other', s: 'several', d: 'distorted',
  Enter: 'done', ArrowLeft: 'back', ArrowRight: 'next',
};
for (const [name, act] of Object.entries(DOES)) if (button(name)) button(name).onclick = act;
for (const each of document.querySelectorAll('[data-do]')) if (!each.onclick) each.onclick = DOES[each.dataset.do];
const help = () => byId('help').showModal();
byId('to-help').onclick = help;
byId('to-grid').onclick = grid;
// A button that was clicked must not be pressed again by the space bar.
addEventListener('click', event => { if (event.detail) event.target.closest?.('#asking button, #bar button')?.blur(); });
addEventListener('keydown', event => {
  // Letters by their place where the keyboard has others.
  const latin = /^[\x20-\x7e]$/.test(event.key) || event.key.length > 1;
  const key = latin ? (event.key.length === 1 ? event.key.toLowerCase() : event.key) : event.code.replace('Key', '').toLowerCase();
  if ((event.ctrlKey || event.metaKey) && key === 's' && answers) { event.preventDefault(); saveVerdicts(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector('dialog[open]') || event.target.closest('input, textarea, select')) return;
  if (view === 'grid') { if (!event.repeat && gridKeys(key)) event.preventDefault(); return; }
  if (view === 'end') { if (key === 'z') undo(); else if (key === 'ArrowLeft') ask(total - 1); return; }
  if (view !== 'ask') return;
  const isButton = event.target.matches('button:focus-visible');
  if (isButton && (key === ' ' || key === 'Enter')) return;  // presses that button
  if (key === '?') { help(); event.preventDefault(); return; }
  if (key === 'g') { grid(); event.preventDefault(); return; }
  if (/^\d$/.test(key)) { if (!event.repeat) toggle((Number(key) + 9) % 10); return; }
  const name = KEYS[key];
  if (!name) return;
  event.preventDefault();
  if (event.repeat && !['louder', 'softer', 'back', 'next'].includes(name)) return;
  DOES[name]();
});
byId('stage').onclick = event => {
  const x = event.clientX - byId('picture').getBoundingClientRect().left;
  if (plot && x >= plot.x && x <= plot.x + plot.w) replay(true, plot.from + (x - plot.x) / plot.w * (plot.to - plot.from));
};
byId('strip').onclick = event => {
  const place = byId('strip').getBoundingClientRect();
  ask(Math.floor((event.clientX - place.left) / place.width * total));
};
let resized;
addEventListener('resize', () => {
  clearTimeout(resized);
  resized = setTimeout(() => { if (view === 'ask') drawnNow(); if (view === 'grid') drawTiles(); }, 80);
});

// ---- help and settings
const HELP = [
  ['y n u', 'yes, no, unsure'], ['o', 'other species, not this one: type letters of its name'], ['s', 'several: this one, and others that you name'],
  ['d', 'distorted: cannot be judged'], ['1 … 9, 0', 'several species asked: mark one (again: unsure, no)'], ['Enter', 'several species asked: done, the others do not call'],
  ['space', 'replay the clip'], ['w', 'replay with surroundings; a click on the picture plays from there'], ['h', 'half speed, quarter speed'], ['+ -', 'louder, softer'],
  ['b', 'only the band of the box'], ['f', 'picture up to a lower frequency'], ['[ ]', 'contrast'], ['c', 'colours'], ['m', 'note'], ['z', 'undo'], ['← →', 'question before, next'],
  ['g', 'grid of 24'], ['Ctrl+S', 'save verdicts'], ['?', 'this help'],
];
byId('keys').append(...HELP.flatMap(([key, what]) => [make('kbd', { textContent: key }), make('span', { textContent: what })]));
byId('meanings').append(...[
  ['Yes', `${data.rule}.`], ['No', 'The species does not call, or less than that. Calls in the surroundings alone are a no.'],
  ['Unsure', 'Nothing is concluded about this species. Better than a guess.'],
  ['Other species', 'This species does not call; those that you name do. A name that is not in the list stays a remark.'],
  ['Several', 'This species calls, and so do those that you name.'],
  ['Distorted', 'The sound is clipped, broken, or drowned by wind or rain: unsure, and marked so.'],
].flatMap(([name, what]) => [make('dt', { textContent: name }), make('dd', { textContent: what })]));
for (const [id, name] of [['set-play', 'play'], ['set-around', 'around'], ['set-score', 'score']]) {
  byId(id).checked = look[name];
  byId(id).onchange = () => turnLook(name, byId(id).checked);
}
byId('set-theme').value = look.theme;
byId('set-theme').onchange = () => { turnLook('theme', byId('set-theme').value); turnLook('colours', ''); dress(); if (view === 'ask') drawnNow(); if (view === 'grid') drawTiles(); };
CLOSED.help = () => { if (view === 'ask') ask(at, false); };
matchMedia('(prefers-color-scheme: dark)').onchange = () => { dress(); if (view === 'ask') drawnNow(); if (view === 'grid') drawTiles(); };

// ---- opening
const begin = () => {
  player.wake();
  try { localStorage.setItem(WHO, answers.who); } catch { /* asks again */ }
  undone = [];
  revisit = [];
  tell('');
  const open = data.questions.findIndex(asked => !answers.of[asked.question]);
  if (open < 0) end(); else ask(open);
};
const foundFor = () => {
  const who = byId('who').value.trim();
  byId('who-told').textContent = '';
  byId('go').textContent = 'Start';
  if (!who) return;
  try {
    const text = localStorage.getItem(`anurans-review/${data.queue}/${data.digest}/${inFileName(who)}`);
    const n = text ? Object.keys(JSON.parse(text).answers).length : 0;
    if (n) { byId('go').textContent = 'Go on'; byId('who-told').textContent = `${n} of ${total} answered so far.`; }
  } catch { byId('who-told').textContent = 'This browser keeps nothing for this page. Save your progress to a file before you close it.'; }
};
const opening = () => {
  show('start');
  foundFor();
  (byId('who').value ? byId('go') : byId('who')).focus();
};
byId('who').oninput = foundFor;
byId('who-form').onsubmit = event => {
  event.preventDefault();
  const who = byId('who').value.trim();
  if (!who) return;
  answers = new Answers(who);
  begin();
};
byId('queue').textContent = data.queue;
byId('kind').textContent = data.kind;
byId('start-rule').textContent = data.rule + '.';
try { byId('who').value = localStorage.getItem(WHO) ?? ''; } catch { /* empty */ }
dress();
opening();
