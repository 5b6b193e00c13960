// How many requests ended with which status.
import { html } from './vendor/preact.js';
import { count, share } from './format.js';
import { Panel } from './panel.js';

const CLASSES = /** @type {Record<string, [string, string]>} */ ({
  2: ['ok', 'success'], 3: ['plain', 'redirect'], 4: ['warn', 'client error'], 5: ['bad', 'server error'],
});

/** @param {{loaded: Loaded<{statuses: {status: number, requests: number}[]}>, url: string}} props */
export function Statuses({ loaded, url }) {
  const statuses = loaded.answer?.data.statuses ?? [];
  const total = statuses.reduce((sum, of) => sum + of.requests, 0);
  return html`<${Panel} id="statuses" title="Status codes" problem=${loaded.problem}
    source=${{ name: 'statuses', url, answer: loaded.answer, rows: (/** @type {{statuses: Record<string, unknown>[]}} */ data) => data.statuses }}>
    <div class="statuses" role="list">
      ${statuses.map(of => {
        const [tone, word] = CLASSES[Math.floor(of.status / 100)] ?? ['plain', 'other'];
        return html`<div class="status" role="listitem" key=${of.status} data-status=${of.status} data-value=${of.requests}>
          <b>${of.status}</b><span class="word">${word}</span><span class=${'bar ' + tone}><i style=${{ width: of.requests / total * 100 + '%' }}></i></span><span>${count(of.requests)}</span><span class="quiet-figure">${share(of.requests / total)}</span>
        </div>`;
      })}
      ${!statuses.length && html`<p class="nothing">${loaded.answer ? 'No stored request in this range.' : loaded.problem ? '' : 'Loading…'}</p>`}
    </div>
  <//>`;
}
