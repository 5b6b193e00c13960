// The keys, and how to read the figures.
import { html, useEffect, useRef } from './vendor/preact.js';
import { Icon } from './icon.js';

const KEYS = [
  ['/', 'Filter the endpoints'], ['j  k', 'Down and up in the table'], ['Enter', 'Open the row'], ['Esc', 'Back, or close'],
  ['1 … 7', 'Live, 15m, 1h, 6h, 24h, 7d, custom'], ['c', 'Compare with the period before'], ['g then o s a h i', 'Overview, slow, alerts, health, instances'],
  ['t', 'Light, dark or system theme'], ['?', 'This help'],
];

/** @param {{onClose: () => void}} props */
export function Help({ onClose }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => dialog.current?.showModal(), []);
  return html`<dialog ref=${dialog} class="help" data-testid="help" aria-label="Help" onClose=${onClose} onClick=${(/** @type {MouseEvent} */ e) => e.target === dialog.current && dialog.current?.close()}>
    <div class="dialog-body">
      <header><h2>Keys</h2><button type="button" class="quiet" aria-label="Close" onClick=${() => dialog.current?.close()}><${Icon} name="close" /></button></header>
      <dl class="keys-list">${KEYS.map(([key, what]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
      <h2>Figures</h2>
      <ul>
        <li>Drag along a chart to see that time alone; the browser's Back returns. Drag a region of the heatmap to list its requests.</li>
        <li>Focus a chart and use the arrow keys: the figures under the cursor are read out. In the heatmap, Shift extends a region and Enter lists it.</li>
        <li>p50, p95 and p99 are off by at most 0.55 %, also when many instances or hours are merged. Counts, averages and the heatmap's cells are exact.</li>
        <li>Errors are statuses from 500, exceptions and timeouts. A dash is a figure that is not known; it is never 0.</li>
        <li>Each panel names the API call that it shows, and gives it as CSV and JSON.</li>
      </ul>
    </div>
  </dialog>`;
}
