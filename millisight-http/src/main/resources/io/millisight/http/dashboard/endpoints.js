// The endpoints of the service: how often, how slow, how faulty, and what share of the total time each takes.
import { html, useMemo, useRef, useState } from './vendor/preact.js';
import { count, duration, rate, share, shown } from './format.js';
import { Panel } from './panel.js';
import { format } from './state.js';
import { sorted, Table } from './table.js';

/** @typedef {ReturnType<typeof row>} Row */

/**
 * @param {{
 *   figures: EndpointFigures[] | null,
 *   sparklines: Map<string, number[]>,
 *   view: View,
 *   go: (change: Partial<View>, replace?: boolean) => void,
 *   source: import('./export.js').Source,
 *   problem: Problem | null,
 *   stale: boolean,
 *   hint: string,
 * }} props
 */
export function Endpoints({ figures, sparklines, view, go, source, problem, stale, hint }) {
  const [held, setHeld] = useState(false);
  const columns = useMemo(() => columnsOf(view), [view]);
  const rows = useMemo(() => (figures ?? []).map(of => row(of, sparklines)), [figures, sparklines]);
  const wanted = view.filter.toLowerCase();
  const order = useRef({ key: '', names: /** @type {string[]} */ ([]) });

  const found = wanted ? rows.filter(r => r.endpoint.toLowerCase().includes(wanted)) : rows;
  let shownRows = sorted(found, columns, view.sort);
  // While one points at a row all rows keep their places: nothing moves away under the pointer.
  const key = view.sort + '\n' + wanted;
  if (held && order.current.key === key) {
    const place = new Map(order.current.names.map((name, i) => [name, i]));
    shownRows = [...shownRows].sort((a, b) => (place.get(a.endpoint) ?? Infinity) - (place.get(b.endpoint) ?? Infinity) || 0);
  }
  order.current = { key, names: shownRows.map(r => r.endpoint) };

  const tools = html`<label class="filter"><span class="spoken">Filter endpoints</span>
    <input id="filter" type="search" placeholder="Filter  /" value=${view.filter} autocomplete="off" spellcheck=${false}
      onInput=${(/** @type {Event} */ e) => go({ filter: /** @type {HTMLInputElement} */ (e.currentTarget).value }, true)} /></label>`;
  return html`<${Panel} id="endpoints" title=${html`Endpoints <span class="badge" data-testid="figure-endpoints" data-value=${rows.length}>${wanted ? count(found.length) + ' of ' : ''}${count(rows.length)}</span>`}
    hint=${hint} tools=${tools} source=${source} problem=${problem} stale=${stale}>
    <div onPointerMove=${(/** @type {PointerEvent} */ e) => setHeld(/** @type {Element} */ (e.target).closest('tbody') != null)} onPointerLeave=${() => setHeld(false)}>
      <${Table} name="Endpoints" keys columns=${columns} rows=${shownRows} keyOf=${(/** @type {Row} */ r) => r.endpoint}
        sort=${view.sort} onSort=${(/** @type {string} */ sort) => go({ sort }, true)}
        onOpen=${(/** @type {Row} */ r) => go({ endpoint: r.endpoint, select: null })}
        attributes=${(/** @type {Row} */ r) => ({ 'data-endpoint': r.endpoint })}
        empty=${figures == null ? (problem ? '' : 'Loading…') : wanted ? 'No endpoint has this in its name.' : 'No requests in this range.'} />
    </div>
  <//>`;
}

/** @param {EndpointFigures} of @param {Map<string, number[]>} sparklines */
function row(of, sparklines) {
  return {
    endpoint: of.endpoint,
    requests: of.requests,
    rate: of.rate ?? null,
    errors: of.errors ?? 0,
    error_rate: of.error_rate,
    p50: of.p50 ?? of.p50_response_time ?? null,
    p95: of.p95 ?? of.p95_response_time ?? null,
    p99: of.p99 ?? of.p99_response_time ?? null,
    time_share: of.time_share ?? null,
    sparkline: of.sparkline ?? sparklines.get(of.endpoint) ?? null,
  };
}

const BOUND = 'Off by at most 0.55 %';

/** @param {View} view @returns {Column<Row>[]} */
function columnsOf(view) {
  return [
    { name: 'endpoint', title: 'Endpoint', value: r => r.endpoint, cell: r => html`<a class="name" href=${'#' + format({ ...view, endpoint: r.endpoint, select: null })} title=${shown(r.endpoint)}>${shown(r.endpoint)}</a>` },
    { name: 'sparkline', title: view.range === 'live' ? 'Last hour' : 'Over time', sortable: false, minor: true, cell: r => html`<${Sparkline} values=${r.sparkline} />` },
    { name: 'requests', title: 'Requests', numeric: true, minor: true, value: r => r.requests, cell: r => count(r.requests) },
    { name: 'rate', title: 'Req/s', numeric: true, value: r => r.rate, cell: r => rate(r.rate) },
    { name: 'errors', title: 'Errors', numeric: true, value: r => r.errors, cell: r => html`<span class=${r.errors ? 'bad' : 'quiet-figure'}>${r.errors ? count(r.errors) + ' · ' + share(r.error_rate) : '0'}</span>` },
    { name: 'p50', title: 'p50', numeric: true, minor: true, hint: BOUND, value: r => r.p50, cell: r => duration(r.p50) },
    { name: 'p95', title: 'p95', numeric: true, hint: BOUND, value: r => r.p95, cell: r => duration(r.p95) },
    { name: 'p99', title: 'p99', numeric: true, minor: true, hint: BOUND, value: r => r.p99, cell: r => duration(r.p99) },
    { name: 'time_share', title: 'Share of time', numeric: true, minor: true, hint: 'Of the total time of all endpoints', value: r => r.time_share, cell: r => html`<span class="bar"><i style=${{ width: Math.min(100, (r.time_share ?? 0) * 100) + '%' }}></i></span><span class="bar-text">${share(r.time_share)}</span>` },
  ];
}

/** @param {{values: number[] | null}} props */
export function Sparkline({ values }) {
  if (!values?.length) return html`<span class="spark"></span>`;
  const most = Math.max(1, ...values);
  const line = lineOf(values, most);
  return html`<svg class="spark" width="96" height="20" viewBox="0 0 96 20" role="img" aria-label=${'Requests over time, at most ' + count(most) + ' in a step'}><path class="area" d=${line + 'L96 20L0 20Z'} /><path d=${line} /></svg>`;
}

/** @type {WeakMap<number[], string>} */
const lines = new WeakMap();

/** @param {number[]} values @param {number} most */
function lineOf(values, most) {
  let line = lines.get(values);
  if (line === undefined) {
    const x = 96 / Math.max(1, values.length - 1);
    line = values.map((value, i) => (i ? 'L' : 'M') + (i * x).toFixed(1) + ' ' + (19 - value / most * 17).toFixed(1)).join('');
    lines.set(values, line);
  }
  return line;
}
