// Spectrograms: grey images get contrast and colours here, axes, the clip's bounds, and boxes.
const STOPS = {
  inferno: ['000004', '1b0c41', '4a0c6b', '781c6d', 'a52c60', 'cf4446', 'ed6925', 'fb9b06', 'f7d13d', 'fcffa4'],
  paper: ['ffffff', '000000'],
  night: ['0b0e12', 'f4f7fa'],
};
const palette = name => {
  const stops = STOPS[name].map(hex => [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16)));
  return Array.from({ length: 256 }, (_, grey) => {
    const at = grey / 255 * (stops.length - 1), i = Math.min(Math.floor(at), stops.length - 2);
    return [0, 1, 2].map(c => stops[i][c] + (at - i) * (stops[i + 1][c] - stops[i][c]));
  });
};
const PALETTES = Object.fromEntries(Object.keys(STOPS).map(name => [name, palette(name)]));

const greys = new Map();
// Grey values of a question's image, and how many pixels have each.
const grey = asked => {
  if (!greys.has(asked.question)) {
    greys.set(asked.question, (async () => {
      const image = new Image();
      image.src = 'data:image/webp;base64,' + asked.image;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
      const values = Uint8Array.from({ length: pixels.length / 4 }, (_, i) => pixels[4 * i]);
      const counts = new Uint32Array(256);
      for (const value of values) counts[value]++;
      return { values, counts, width: canvas.width, height: canvas.height };
    })());
    if (greys.size > 60) greys.delete(greys.keys().next().value);
  }
  return greys.get(asked.question);
};

const quantile = (counts, share) => {
  const wanted = share * counts.reduce((sum, n) => sum + n, 0);
  let sum = 0;
  return counts.findIndex(n => (sum += n) >= wanted);
};

// The image in colours, up to a frequency: the middle of the noise is dark, the loudest bright.
const coloured = (of, colours, contrast, share) => {
  const dark = quantile(of.counts, Math.min(0.95, Math.max(0.02, 0.45 + 0.11 * contrast)));
  const bright = Math.max(dark + 20, quantile(of.counts, 0.998 - 0.004 * Math.max(0, contrast)));
  const table = PALETTES[colours];
  const rows = Math.max(1, Math.round(of.height * share)), skipped = of.height - rows;
  const canvas = new OffscreenCanvas(of.width, rows);
  const context = canvas.getContext('2d');
  const image = context.createImageData(of.width, rows);
  for (let i = 0, from = skipped * of.width; from < of.values.length; i += 4, from++) {
    const level = (of.values[from] - dark) / (bright - dark);
    const rgb = table[Math.round(255 * Math.min(1, Math.max(0, level)))];
    image.data[i] = rgb[0]; image.data[i + 1] = rgb[1]; image.data[i + 2] = rgb[2];
    image.data[i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
};

const steps = (span, most) => [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60].find(s => span / s <= most) ?? 120;
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Draw a question; `boxes` are {from, to, low, high, label} in s and Hz. Gives where the plot lies.
const drawQuestion = async (canvas, asked, look, boxes, axes = true) => {
  const of = await grey(asked);
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const plot = axes ? { x: 38, y: 8, w: width - 46, h: height - 32 } : { x: 0, y: 0, w: width, h: height };
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  context.clearRect(0, 0, width, height);
  const top = Math.min(look.top, data.top);
  context.imageSmoothingQuality = 'high';
  const from = axes ? asked.from : asked.start - 0.5, to = axes ? asked.to : asked.end + 0.5;
  const x = time => plot.x + (time - from) / (to - from) * plot.w;
  const y = hertz => plot.y + plot.h - hertz / top * plot.h;
  context.save();
  context.beginPath();
  context.rect(plot.x, plot.y, plot.w, plot.h);
  context.clip();
  const image = coloured(of, look.colours, look.contrast, top / data.top);
  context.drawImage(image, x(asked.from), plot.y, x(asked.to) - x(asked.from), plot.h);
  const left = x(asked.start), right = x(asked.end);
  context.fillStyle = css('--veil');
  context.fillRect(plot.x, plot.y, left - plot.x, plot.h);
  context.fillRect(right, plot.y, plot.x + plot.w - right, plot.h);
  context.fillStyle = css('--bound');
  for (const edge of [left, right]) context.fillRect(edge - 1, plot.y, 2, plot.h);
  context.font = '600 12px system-ui, sans-serif';
  for (const box of boxes) {
    const edge = [x(box.from), y(Math.min(box.high, top)), x(box.to) - x(box.from), 0];
    edge[3] = y(box.low) - edge[1];
    if (edge[3] <= 0) continue;  // above what is shown
    // Dark below bright: seen on any ground.
    for (const [colour, broad] of [['rgba(0,0,0,.75)', 4], [css('--box'), 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = broad;
      context.strokeRect(...edge);
    }
    if (axes && box.label) {
      const wide = context.measureText(box.label).width + 8;
      const above = edge[1] - 18 >= plot.y ? edge[1] - 18 : edge[1] + 2;
      context.fillStyle = 'rgba(0,0,0,.75)';
      context.fillRect(edge[0], above, wide, 16);
      context.fillStyle = css('--box');
      context.fillText(box.label, edge[0] + 4, above + 12);
    }
  }
  context.restore();
  if (!axes) return { ...plot, from, to };
  context.fillStyle = css('--faint');
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  const rise = steps(top / 1000, height < 260 ? 4 : 7);
  for (let kHz = 0; kHz <= top / 1000 + 1e-9; kHz += rise) {
    context.fillRect(plot.x - 4, y(kHz * 1000) - 0.5, 4, 1);
    if (kHz || rise < top / 1000) context.fillText(+kHz.toFixed(1), plot.x - 7, Math.max(14, y(kHz * 1000)));
  }
  context.textAlign = 'left';
  context.fillText('kHz', 2, plot.y + plot.h + 15);
  context.textAlign = 'center';
  const step = steps(to - from, width / 60);
  for (let time = Math.ceil(from / step - 1e-9) * step; time <= to + 1e-9; time += step) {
    context.fillRect(x(time) - 0.5, plot.y + plot.h, 1, 4);
    if (x(time) < plot.x + 14 || x(time) > plot.x + plot.w - 26) continue;
    context.fillText(+time.toFixed(1), x(time), plot.y + plot.h + 15);
  }
  context.textAlign = 'right';
  context.fillText('s', plot.x + plot.w, plot.y + plot.h + 15);
  return { ...plot, from, to };
};
