// Sound of one question at a time: cut, slowed, filtered and raised by the browser itself.
class Player {
  constructor() {
    this.rate = 1;
    this.gain = 0;      // dB
    this.band = null;   // [low, high] in Hz
    this.sounds = new Map();
  }

  // Browsers let nothing sound before somebody has pressed something.
  wake() {
    this.context ??= new AudioContext();
    if (this.context.state !== 'running') this.context.resume();
  }

  async sound(asked) {
    if (!this.sounds.has(asked.question)) {
      const bytes = Uint8Array.from(atob(asked.sound), letter => letter.charCodeAt(0));
      this.sounds.set(asked.question, this.context.decodeAudioData(bytes.buffer));
      // Some decoded ones are kept, to go back and forth between.
      if (this.sounds.size > 30) this.sounds.delete(this.sounds.keys().next().value);
    }
    return this.sounds.get(asked.question);
  }

  // Seconds of the recording; what was asked for last is what plays.
  async play(asked, from, to, ended = () => {}) {
    if (!this.context) return;
    this.stop();
    const turn = this.turn = {};
    const sound = await this.sound(asked);
    if (turn !== this.turn) return;
    const offset = Math.max(0, from - asked.from);
    const source = new AudioBufferSourceNode(this.context, { buffer: sound });
    source.playbackRate.value = this.rate;
    const last = this.chain(source);
    last.connect(this.context.destination);
    source.onended = () => {
      last.disconnect();
      if (turn === this.turn) { this.playing = null; ended(); }
    };
    source.start(0, offset, Math.max(0.01, to - asked.from - offset));
    this.playing = { source, from: asked.from + offset, to, asked, since: this.context.currentTime };
  }

  // Band, gain, and a limiter that keeps loud clips from hurting.
  chain(source) {
    const nodes = [];
    if (this.band) {
      const [low, high] = this.band, most = this.context.sampleRate / 2 - 1;
      for (const Q of [-2.3, 5.3]) {  // in dB: Butterworth, fourth order
        if (low > 0) nodes.push(this.filter('highpass', low, Q));
        if (high < most) nodes.push(this.filter('lowpass', high, Q));
      }
    }
    nodes.push(new GainNode(this.context, { gain: 10 ** (this.gain / 20) }));
    nodes.push(new DynamicsCompressorNode(this.context,
      { threshold: -2, knee: 0, ratio: 20, attack: 0.001, release: 0.05 }));
    return nodes.reduce((before, node) => { before.connect(node); return node; }, source);
  }

  filter(type, frequency, Q) {
    return new BiquadFilterNode(this.context, { type, frequency, Q });
  }

  stop() {
    this.turn = null;
    if (this.playing) { this.playing.source.onended = null; this.playing.source.stop(); }
    this.playing = null;
  }

  // Where in the recording it plays, in s; null where nothing does.
  at() {
    if (!this.playing) return null;
    const { from, to, since } = this.playing;
    return Math.min(to, from + (this.context.currentTime - since) * this.rate);
  }
}
