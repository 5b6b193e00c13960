// The stored requests in a region of the heatmap, page by page, newest first.
import { html, useEffect, useState } from './vendor/preact.js';
import { address, useAnswer } from './api.js';
import { Details } from './details.js';
import { clock, day, duration, shown } from './format.js';
import { Icon } from './icon.js';
import { Panel } from './panel.js';
import { Table } from './table.js';

const PAGE = 100;

/** @param {{region: Region, endpoint: string, scope: {service?: string, instance?: string}, onClose: () => void}} props */
export function Requests({ region, endpoint, scope, onClose }) {
  const [cursors, setCursors] = useState(/** @type {string[]} */ ([]));
  const [details, setDetails] = useState(/** @type {StoredRequest | null} */ (null));
  const filters = {
    from: new Date(region.from).toISOString(), to: new Date(region.to).toISOString(), min_ms: plain(region.min), max_ms: plain(region.max),
    endpoint, ...scope, limit: PAGE,
  };
  const topic = JSON.stringify(filters);
  useEffect(() => setCursors([]), [topic]);
  const url = address('requests', { ...filters, cursor: cursors[cursors.length - 1] });
  const { answer, problem } = /** @type {Loaded<{requests: StoredRequest[], next_cursor: string | null}>} */ (useAnswer(url, topic));
  const next = answer?.url === url ? answer.data.next_cursor : null;
  const first = cursors.length * PAGE;
  const rows = answer?.data.requests ?? [];
  return html`<${Panel} id="requests" title="Requests in the region" problem=${problem}
    hint=${`${day(region.from)} ${clock(region.from)} to ${clock(region.to)}, ${duration(region.min)} to ${duration(region.max)}`}
    source=${{ name: 'requests', url, answer: answer?.url === url ? answer : null, rows: (/** @type {{requests: StoredRequest[]}} */ data) => data.requests }}
    tools=${html`<span class="pages" data-testid="requests-page">${rows.length ? first + 1 + '–' + (first + rows.length) : ''}</span>
      <button type="button" disabled=${!cursors.length} onClick=${() => setCursors(cursors.slice(0, -1))}>Newer</button>
      <button type="button" disabled=${!next} onClick=${() => next && setCursors([...cursors, next])}>Older</button>
      <button type="button" class="quiet" aria-label="Close the list of requests" title="Close (Esc)" onClick=${onClose}><${Icon} name="close" /></button>`}>
    <${Table} name="Requests in the region" rows=${rows} keyOf=${(/** @type {StoredRequest} */ r, /** @type {number} */ i) => r.timestamp + i} columns=${COLUMNS} onOpen=${setDetails}
      empty=${answer ? 'No stored request lies in this region.' : problem ? '' : 'Loading…'} />
    ${details && html`<${Details} title="Request" of=${details} onClose=${() => setDetails(null)} />`}
  <//>`;
}

/** Milliseconds as the API takes them: at most six decimals, no exponent. @param {number} ms */
function plain(ms) {
  return ms.toFixed(6).replace(/\.?0+$/, '');
}

/** @type {Column<StoredRequest>[]} */
const COLUMNS = [
  { name: 'timestamp', title: 'Completed', cell: r => html`<time datetime=${r.timestamp} title=${r.timestamp}>${day(Date.parse(r.timestamp))} ${clock(Date.parse(r.timestamp))}</time>` },
  { name: 'duration_ms', title: 'Duration', numeric: true, value: r => r.duration_ms, cell: r => duration(r.duration_ms) },
  { name: 'status', title: 'Status', numeric: true, value: r => r.status, cell: r => html`<${Status} status=${r.status} outcome=${r.outcome} />` },
  { name: 'endpoint', title: 'Endpoint', cell: r => html`<span class="name" title=${shown(r.endpoint)}>${shown(r.endpoint)}</span>` },
  { name: 'outcome', title: 'Outcome', minor: true, cell: r => shown(r.outcome).replace('_', ' ') },
  { name: 'user_id', title: 'User', minor: true, cell: r => html`<span class="name" title=${shown(r.user_id)}>${shown(r.user_id)}</span>` },
  { name: 'instance', title: 'Instance', minor: true, cell: r => html`<span class="name">${shown(r.instance)}</span>` },
];

/** A status; those that failed have a mark besides their colour. @param {{status: number | null, outcome: string}} props */
export function Status({ status, outcome }) {
  const failed = (status ?? 0) >= 500 || outcome === 'exception' || outcome === 'timeout';
  const refused = !failed && (status ?? 0) >= 400;
  return html`<span class=${failed ? 'bad' : refused ? 'warn' : ''}>${failed ? '▲\u202f' : ''}${status ?? '–'}</span>`;
}
