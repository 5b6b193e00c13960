// p50, p95 and p99 over time.
import { html, useMemo, useState } from './vendor/preact.js';
import { Chart, endLabels, logAxis, logRange, RIGHT, timeAxis } from './chart.js';
import { duration } from './format.js';
import { Key, Panel } from './panel.js';
import { timesTable } from './throughput.js';
import { colour } from './theme.js';
import { ghost, noteOf, sentence, timeOf } from './timeline.js';

const RANKS = /** @type {const} */ (['p50', 'p95', 'p99']);
const DASHES = { p50: undefined, p95: [6, 3], p99: [2, 2] };

/** @param {import('./overview.js').TimeProps} props */
export function Latency({ timeline, before, source, problem, stale, onZoom }) {
  const [index, setIndex] = useState(/** @type {number | null} */ (null));
  const data = useMemo(() => timeline
    ? [timeline.xs, ...RANKS.map(rank => timeline.steps.map(step => step[rank])), ghost(timeline, before, 'p95')]
    : [[], [], [], [], []], [timeline, before]);
  const last = timeline ? timeline.steps.length - 1 - [...timeline.steps].reverse().findIndex(step => step.p50 != null) : 0;
  const at = timeline && (timeline.steps[index ?? last] ?? timeline.steps[timeline.steps.length - 1]);
  const note = noteOf(timeline, problem);
  return html`<${Panel} id="latency" title="Latency" source=${source} problem=${problem} stale=${stale}
    hint=${timeline ? (index != null && timeline.steps[index] ? timeOf(timeline, index) : 'latest') : ''}
    tools=${at && html`<span class="keys">${RANKS.map(rank => html`<${Key} key=${rank} look=${rank} name=${rank} value=${duration(at[rank])} />`)}
      ${before && html`<${Key} look="ghost" name="p95 before" value=${duration(before.steps[index ?? last]?.p95)} />`}</span>`}
    table=${timeline && (() => timesTable('Latency', timeline, COLUMNS))}>
    ${note ? html`<p class="chart-note">${note}</p>` : html`<${Chart} id="latency" name="Latency percentiles" data=${data} span=${timeline?.span ?? { from: 0, to: 1 }} onIndex=${setIndex} onDrag=${onZoom}
      sentence=${timeline ? RANKS.map(rank => sentence(rank, timeline, step => step[rank], duration)).join(' ') : ''}
      spoken=${(/** @type {number} */ i) => timeline ? timeOf(timeline, i) + ': ' + RANKS.map(rank => rank + ' ' + duration(timeline.steps[i][rank])).join(', ') : ''}
      options=${() => ({
        padding: [8, RIGHT, 0, 0],
        series: [{}, ...RANKS.map(rank => ({ scale: 'y', stroke: () => colour('--' + rank), width: 1.5, dash: DASHES[rank], points: { show: false }, spanGaps: true })),
          { scale: 'y', stroke: () => colour('--ghost'), width: 1.25, dash: [2, 3], points: { show: false }, spanGaps: true }],
        scales: { y: { distr: /** @type {3} */ (3), range: (/** @type {unknown} */ _, /** @type {number | null} */ min, /** @type {number | null} */ max) => logRange(min, max) } },
        axes: [timeAxis(), logAxis({ scale: 'y', values: (_, splits) => splits.map(axisDuration) })],
        hooks: { draw: [(/** @type {uPlot} */ u) => endLabels(u, RANKS.map((rank, i) => ({ series: i + 1, text: rank, colour: colour('--' + rank) })), 'y')] },
      })} />`}
  <//>`;
}

/** @type {Column<{step: Step, time: string}>[]} */
const COLUMNS = RANKS.map(rank => ({ name: rank, title: rank, numeric: true, cell: ({ step }) => duration(step[rank]), value: ({ step }) => step[rank] }));

/** A round figure of an axis. @param {number | null} ms */
export function axisDuration(ms) {
  if (ms == null) return '';
  if (ms >= 1000) return +(ms / 1000).toPrecision(3) + ' s';
  return ms < 0.1 ? +(ms * 1000).toPrecision(3) + ' µs' : +ms.toPrecision(3) + ' ms';
}
