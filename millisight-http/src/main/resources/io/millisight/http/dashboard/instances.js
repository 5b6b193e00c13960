// The instances: who is alive, and what became of every request that each has seen.
import { html } from './vendor/preact.js';
import { ago, count, exact, moment, shown, span } from './format.js';
import { Panel } from './panel.js';
import { Table } from './table.js';

/** @typedef {{instances: Instance[]}} Instances */

/** @param {{loaded: Loaded<Instances>, url: string, now: number}} props */
export function InstancesPanel({ loaded, url, now }) {
  const rows = loaded.answer?.data.instances ?? [];
  return html`<${Panel} id="instances" title=${html`Instances <span class="badge" data-testid="figure-instances" data-value=${rows.length}>${count(rows.length)}</span>`}
    hint=${rows.length ? rows.filter(of => of.alive).length + ' alive' : ''} problem=${loaded.problem}
    source=${{ name: 'instances', url, answer: loaded.answer, rows: (/** @type {Instances} */ data) => /** @type {any[]} */ (data.instances) }}>
    <${Table} name="Instances" keys rows=${rows} keyOf=${(/** @type {Instance} */ r) => r.service + '\n' + r.instance} empty=${loaded.answer ? 'No instance has given a sign of life.' : loaded.problem ? '' : 'Loading…'}
      columns=${columnsOf(now)} attributes=${(/** @type {Instance} */ r) => ({ 'data-instance': r.instance })} />
  <//>`;
}

/** @param {number} now @returns {Column<Instance>[]} */
function columnsOf(now) {
  return [
    { name: 'instance', title: 'Instance', cell: r => html`<span class="name" title=${shown(r.instance)}>${shown(r.instance)}</span>` },
    { name: 'service', title: 'Service', minor: true, cell: r => html`<span class="name" title=${shown(r.service)}>${shown(r.service)}</span>` },
    { name: 'alive', title: 'State', cell: r => (r.alive ? html`<span class="health-word ok"><span class="shape" aria-hidden="true">●</span> alive</span>` : r.ended ? html`<span class="health-word plain"><span class="shape" aria-hidden="true">○</span> stopped</span>` : html`<span class="health-word bad"><span class="shape" aria-hidden="true">▲</span> gone</span>`) },
    { name: 'version', title: 'Version', minor: true, cell: r => shown(r.version, 40) },
    { name: 'started_at', title: 'Started', minor: true, cell: r => html`<time datetime=${r.started_at} title=${r.started_at}>${moment(r.started_at)}</time>` },
    { name: 'last_seen', title: 'Last sign', minor: true, cell: r => html`<time datetime=${r.last_seen} title=${r.last_seen}>${ago(r.last_seen, now)}</time>` },
    { name: 'lag_seconds', title: 'Lag', numeric: true, value: r => r.lag_seconds, cell: r => span(r.lag_seconds) },
    { name: 'seen', title: 'Seen', numeric: true, value: r => r.seen, cell: r => exact(r.seen) },
    { name: 'stored', title: 'Stored', numeric: true, minor: true, value: r => r.stored, cell: r => exact(r.stored) },
    { name: 'pending', title: 'Pending', numeric: true, minor: true, value: r => r.pending, cell: r => exact(r.pending) },
    { name: 'dropped', title: 'Dropped', numeric: true, value: r => droppedIn(r.dropped), cell: r => html`<span class=${droppedIn(r.dropped) ? 'bad' : 'quiet-figure'}>${exact(droppedIn(r.dropped))}</span>` },
  ];
}

/** All that was dropped, whatever the reason. @param {Record<string, number> | number | null | undefined} dropped */
export function droppedIn(dropped) {
  if (dropped == null) return 0;
  return typeof dropped === 'number' ? dropped : Object.values(dropped).reduce((sum, n) => sum + n, 0);
}
