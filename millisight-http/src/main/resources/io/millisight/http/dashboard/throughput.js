// Requests a second, and the share of them that failed.
import { html, useMemo, useState } from './vendor/preact.js';
import { Chart, RIGHT, timeAxis, valueAxis } from './chart.js';
import { count, rate, share } from './format.js';
import { Key, Panel } from './panel.js';
import { Table } from './table.js';
import { colour } from './theme.js';
import { ghost, noteOf, sentence, timeOf } from './timeline.js';

/** @param {import('./overview.js').TimeProps} props */
export function Throughput({ timeline, before, source, problem, stale, onZoom }) {
  const [index, setIndex] = useState(/** @type {number | null} */ (null));
  const data = useMemo(() => timeline
    ? [timeline.xs, timeline.steps.map(step => step.rate), timeline.steps.map(step => (step.requests ? (step.error_rate ?? 0) * 100 : null)), ghost(timeline, before, 'rate')]
    : [[], [], [], []], [timeline, before]);
  const at = timeline && (timeline.steps[index ?? timeline.steps.length - 1] ?? timeline.steps[timeline.steps.length - 1]);
  const earlier = before && timeline && before.steps[index ?? timeline.steps.length - 1];
  const note = noteOf(timeline, problem);
  return html`<${Panel} id="throughput" title="Requests per second" source=${source} problem=${problem} stale=${stale}
    hint=${timeline ? (index != null && timeline.steps[index] ? timeOf(timeline, index) : 'latest') : ''}
    tools=${at && html`<span class="keys"><${Key} look="rate" name="rate" value=${rate(at.rate)} />${before && html`<${Key} look="ghost" name="before" value=${rate(earlier?.rate)} />`}<${Key} look="errors" name="errors" value=${share(at.requests ? at.error_rate : null)} /></span>`}
    table=${timeline && (() => timesTable('Requests per second', timeline, THROUGHPUT))}>
    ${note ? html`<p class="chart-note">${note}</p>` : html`<${Chart} id="throughput" name="Requests per second" data=${data} span=${timeline?.span ?? { from: 0, to: 1 }} onIndex=${setIndex} onDrag=${onZoom}
      sentence=${timeline ? sentence('Requests per second', timeline, step => step.rate, rate) + ' ' + sentence('Error share', timeline, step => step.error_rate, share) : ''}
      spoken=${(/** @type {number} */ i) => timeline ? `${timeOf(timeline, i)}: ${rate(timeline.steps[i].rate)} requests per second, errors ${share(timeline.steps[i].error_rate)}` : ''}
      options=${() => ({
        padding: [8, 0, 0, 0],
        series: [{},
          { scale: 'y', stroke: () => colour('--rate'), fill: () => colour('--rate-fill'), width: 1.5, points: { show: false } },
          { scale: 'e', stroke: () => colour('--bad'), width: 1.5, dash: [4, 3], points: { show: false }, spanGaps: true },
          { scale: 'y', stroke: () => colour('--ghost'), width: 1.25, dash: [2, 3], points: { show: false } }],
        scales: {
          y: { range: (/** @type {unknown} */ _, /** @type {number | null} */ __, /** @type {number | null} */ max) => /** @type {[number, number]} */ ([0, Math.max(1, (max ?? 0) * 1.12)]) },
          e: { range: (/** @type {unknown} */ _, /** @type {number | null} */ __, /** @type {number | null} */ max) => /** @type {[number, number]} */ ([0, Math.max(1, (max ?? 0) * 1.6)]) },
        },
        axes: [timeAxis(),
          valueAxis({ scale: 'y', values: (_, splits) => splits.map(split => rate(split)) }),
          valueAxis({ scale: 'e', side: 1, size: RIGHT, gap: 4, grid: { show: false }, values: (_, splits) => splits.map(split => (split == null ? '' : +split.toFixed(2) + ' %')) })],
      })} />`}
  <//>`;
}

/** @type {Column<{step: Step, time: string}>[]} */
const THROUGHPUT = [
  { name: 'rate', title: 'Rate', numeric: true, cell: ({ step }) => rate(step.rate), value: ({ step }) => step.rate },
  { name: 'requests', title: 'Requests', numeric: true, cell: ({ step }) => count(step.requests), value: ({ step }) => step.requests },
  { name: 'errors', title: 'Errors', numeric: true, cell: ({ step }) => count(step.errors), value: ({ step }) => step.errors },
  { name: 'error_rate', title: 'Error share', numeric: true, cell: ({ step }) => share(step.error_rate), value: ({ step }) => step.error_rate },
];

/**
 * A chart's figures as a table, newest first.
 * @param {string} name
 * @param {Timeline} timeline
 * @param {Column<{step: Step, time: string}>[]} columns
 */
export function timesTable(name, timeline, columns) {
  const rows = timeline.steps.map((step, i) => ({ step, time: timeOf(timeline, i) })).reverse();
  return html`<${Table} name=${name} fill rows=${rows} keyOf=${(/** @type {{step: Step}} */ row) => row.step.timestamp}
    columns=${[{ name: 'time', title: 'Time', cell: (/** @type {{time: string}} */ row) => row.time }, ...columns]} />`;
}
