// Slow requests: those over their threshold, newest first.
import { html, useState } from './vendor/preact.js';
import { address, useAnswer } from './api.js';
import { Details } from './details.js';
import { clock, count, day, duration, shown } from './format.js';
import { Panel } from './panel.js';
import { Status } from './requests.js';
import { format } from './state.js';
import { Table } from './table.js';

/**
 * @param {{
 *   requests: SlowRequest[] | null,
 *   view: View,
 *   source: import('./export.js').Source,
 *   problem?: Problem | null,
 *   stale?: boolean,
 *   hint: string,
 *   keys?: boolean,
 * }} props
 */
export function Slow({ requests, view, source, problem, stale, hint, keys }) {
  const [details, setDetails] = useState(/** @type {SlowRequest | null} */ (null));
  const rows = requests ?? [];
  return html`<${Panel} id="slow" title=${html`Slow requests <span class="badge" data-testid="figure-slow" data-value=${rows.length}>${count(rows.length)}</span>`}
    hint=${hint} source=${source} problem=${problem} stale=${stale}>
    <${Table} name="Slow requests" keys=${keys} rows=${rows} keyOf=${(/** @type {SlowRequest} */ r, /** @type {number} */ i) => r.timestamp + ' ' + (rows.length - i)} columns=${columnsOf(view)} onOpen=${setDetails}
      empty=${requests ? 'No request was slower than its threshold.' : problem ? '' : 'Loading…'} />
    ${details && html`<${Details} title="Slow request" of=${details} onClose=${() => setDetails(null)} />`}
  <//>`;
}

/** Those of one endpoint, or of other instances, asked of the API. @param {{view: View, round: number}} props */
export function SlowOf({ view, round }) {
  const url = address('slow', { endpoint: view.panel === 'overview' ? view.endpoint : '', limit: 100, service: view.service, instance: view.instance });
  const { answer, problem } = /** @type {Loaded<{slow_queries: SlowRequest[]}>} */ (useAnswer(url, url, round));
  return html`<${Slow} keys requests=${answer?.data.slow_queries ?? null} view=${view} problem=${problem} hint="the newest, whatever the range" source=${{ name: 'slow', url, answer, rows: slowRows }} />`;
}

/** @param {{slow_queries: Record<string, unknown>[]}} data */
export const slowRows = data => data.slow_queries;

/** @param {View} view @returns {Column<SlowRequest>[]} */
function columnsOf(view) {
  /** @type {Column<SlowRequest>[]} */
  const columns = [
    { name: 'timestamp', title: 'Completed', cell: r => html`<time datetime=${r.timestamp} title=${r.timestamp}>${day(Date.parse(r.timestamp))} ${clock(Date.parse(r.timestamp))}</time>` },
    { name: 'duration_ms', title: 'Duration', numeric: true, value: r => r.duration_ms, cell: r => duration(r.duration_ms) },
    { name: 'status', title: 'Status', numeric: true, value: r => r.status, cell: r => html`<${Status} status=${r.status} outcome=${r.outcome} />` },
    { name: 'endpoint', title: 'Endpoint', cell: r => html`<a class="name" href=${'#' + format({ ...view, panel: 'overview', endpoint: r.endpoint, select: null })} title=${shown(r.endpoint)}>${shown(r.endpoint)}</a>` },
    { name: 'path', title: 'Path', minor: true, cell: r => html`<span class="name" title=${shown(r.path)}>${shown(r.path)}</span>` },
    { name: 'outcome', title: 'Outcome', minor: true, cell: r => shown(r.outcome).replace('_', ' ') },
    { name: 'user_id', title: 'User', minor: true, cell: r => html`<span class="name" title=${shown(r.user_id)}>${shown(r.user_id)}</span>` },
  ];
  return view.endpoint ? columns.filter(column => column.name !== 'endpoint') : columns;
}
