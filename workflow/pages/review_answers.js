// Answers: what is kept in the browser, and the files that are made of them.
const LISTED = new Map(data.species.map(each => [each.code, each.name]));
const COLUMN = Object.fromEntries(data.columns.map((name, i) => [name, i]));
const cell = (row, name) => name in COLUMN ? row[COLUMN[name]] : '';
for (const asked of data.questions) asked.species = asked.rows.map(row => cell(row, 'species'));
const PRESENT = 'present', ABSENT = 'absent', UNSURE = 'unsure';

// Letters and digits of any alphabet, without accents: what every file system takes.
const inFileName = name => (name.normalize('NFKD').replace(/\p{M}/gu, '')
  .replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 40).normalize('NFC')) || 'listener';

class Answers {
  constructor(who) {
    this.who = who;
    this.of = {};      // by question: {marks: {species: answer}, also: [], quality, at}
    this.drafts = {};  // by question: marks and species of one that is not done
    this.notes = {};
    this.saved = 0;    // answers that a file was made of
    this.kept = true;
    this.key = `anurans-review/${data.queue}/${data.digest}/${inFileName(who)}`;
    try {
      const text = localStorage.getItem(this.key);
      if (text) this.take(JSON.parse(text));
      localStorage.setItem(this.key, JSON.stringify(this.all()));
    } catch { this.kept = false; }
  }

  all() {
    const { queue, digest } = data;
    const { who, of, drafts, notes } = this;
    return { queue, digest, who, answers: of, drafts, notes };
  }

  take(found) {
    const known = new Set(data.questions.map(asked => asked.question));
    const mine = from => Object.fromEntries(Object.entries(from ?? {}).filter(([q]) => known.has(q)));
    Object.assign(this.of, mine(found.answers));
    Object.assign(this.drafts, mine(found.drafts));
    Object.assign(this.notes, mine(found.notes));
  }

  keep() {
    if (!this.kept) return;
    try { localStorage.setItem(this.key, JSON.stringify(this.all())); } catch { this.kept = false; }
  }

  set(question, answer) {
    if (answer) this.of[question] = answer; else delete this.of[question];
    delete this.drafts[question];
    this.changed = true;
    this.keep();
  }

  file(kind, ending) { return `${kind}-${inFileName(data.queue)}-${inFileName(this.who)}.${ending}`; }

  // One word for a question as a whole.
  kind(question) {
    const answer = this.of[question];
    if (!answer) return '';
    const marks = Object.values(answer.marks);
    if (marks.includes(PRESENT)) return PRESENT;
    return marks.includes(UNSURE) ? UNSURE : ABSENT;
  }

  // The rows of the queue as they are, with an answer each; species that were named besides get
  // rows of their own, which nobody drew: without stratum, probability and score.
  verdicts() {
    const columns = [...data.columns, ...data.verdict], own = ['queue', 'kind', 'question', 'recording', 'start', 'end'];
    const rows = [];
    for (const asked of data.questions) {
      const answer = this.of[asked.question];
      if (!answer) continue;
      const more = also => ({
        also, quality: answer.quality, note: this.notes[asked.question] ?? '', who: this.who,
        answered_at: answer.at, rule: data.rule,
      });
      for (const row of asked.rows) {
        const found = { answer: answer.marks[cell(row, 'species')], ...more(answer.also.join('; ')) };
        rows.push([...row, ...data.verdict.map(name => found[name])]);
      }
      for (const species of answer.also.filter(each => LISTED.has(each))) {
        const found = { species, answer: PRESENT, ...more('') };
        for (const name of own) found[name] = cell(asked.rows[0], name);
        rows.push(columns.map(name => found[name] ?? ''));
      }
    }
    return csv(columns, rows);
  }
}
