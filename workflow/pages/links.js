'use strict';
// The first screen of Snakemake's report shows this page in a frame: it is as high as its text, and
// links open what the report holds, or else files beside the report.
const report = (() => {
  try {
    return window.frameElement && window.parent.results ? window.parent : null;
  } catch {
    return null;
  }
})();
if (report) {
  const fit = () => {
    window.frameElement.style.height = `${document.documentElement.offsetHeight}px`;
  };
  new ResizeObserver(fit).observe(document.body);
  const app = report.eval('app');
  // On a phone the menu would lie over the answer.
  const view = report.innerWidth > 700 ? {} : { hideNavbar: true };
  app.setView(view);
  for (const link of document.querySelectorAll('a[href]:not([href^="#"])')) {
    const path = link.getAttribute('href');
    const held = Object.keys(report.results).find(
      name => path.startsWith('../') ? name.endsWith(path.slice(2)) : name.endsWith(`/report/${path}`));
    if (held) {
      link.onclick = event => {
        event.preventDefault();
        const contentPath = report.results[held].data_uri;
        app.setView({ ...view, content: 'html', contentPath });
      };
    } else {
      link.href = new URL(`report/${path}`, report.location.href).href;
      link.target = '_blank';
    }
  }
}
