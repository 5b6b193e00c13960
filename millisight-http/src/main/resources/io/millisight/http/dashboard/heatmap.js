// The latency heatmap: time across, duration up (logarithmic), colour by how many requests. Its cells are the sketches' own buckets,
// so the counts are exact; the lines of p50, p95 and p99 lie over it. A dragged region lists the requests in it.
import { html, useEffect, useMemo, useRef, useState } from './vendor/preact.js';
import { Chart, endLabels, logAxis, logRange, moveTo, RIGHT, say, timeAxis } from './chart.js';
import { count, duration, share } from './format.js';
import { axisDuration } from './latency.js';
import { Panel } from './panel.js';
import { placeOf, ramp } from './ramp.js';
import { Table } from './table.js';
import { colour, onThemeChange } from './theme.js';
import { noteOf, requestsIn, timeOf } from './timeline.js';

/** @typedef {uPlot} Plot */

const RANKS = /** @type {const} */ (['p50', 'p95', 'p99']);
const DASHES = [undefined, [7, 4], [2, 3]];
/** Rows lower than this are merged by twos: the sketch at half its scale, still exact. */
const ROW_PX = 4;

/**
 * A cell: the step, the row, and its requests. Row r at a scale holds durations above base^r and up to base^(r+1) ns.
 * @typedef {{step: number, row: number, requests: number}} Cell
 */

/** @param {import('./overview.js').TimeProps & {region: Region | null, onSelect: (region: Region | null) => void}} props */
export function Heatmap({ timeline, source, problem, stale, region, onSelect }) {
  const [index, setIndex] = useState(/** @type {number | null} */ (null));
  const [row, setRow] = useState(/** @type {number | null} */ (null));
  const [scale, setScale] = useState(timeline?.scale ?? 3);
  const plot = useRef(/** @type {Plot | null} */ (null));
  const anchor = useRef(/** @type {{step: number, row: number} | null} */ (null));

  const most = useMemo(() => (timeline ? Math.max(1, ...cellsOf(timeline, scale).map(cell => cell.requests)) : 1), [timeline, scale]);
  const live = useRef({ timeline, scale, most, region });
  live.current = { timeline, scale, most, region };

  const data = useMemo(() => {
    const columns = timeline ? RANKS.flatMap(rank => {
      const values = timeline.steps.map(step => step[rank]);
      return [values, values];
    }) : [[], [], [], [], [], []];
    return [timeline?.xs ?? [], ...columns, timeline ? extremes(timeline) : []];
  }, [timeline]);

  useEffect(() => {
    if (plot.current) showRegion(plot.current, region);
  }, [region, timeline]);

  /** @param {Plot} u */
  const onReady = u => {
    plot.current = u;
    const { timeline, scale } = live.current;
    if (timeline && u.scales.y?.min) {
      const rows = Math.log2(u.scales.y.max / u.scales.y.min) * 2 ** timeline.scale;
      let merged = timeline.scale;
      while (merged > 0 && u.over.clientHeight / rows * 2 ** (timeline.scale - merged) < ROW_PX) merged--;
      if (merged !== scale) setScale(merged);
    }
    showRegion(u, live.current.region);
  };

  /** @param {Plot} u */
  const onDrag = u => {
    const { left, top, width, height } = u.select;
    const { timeline, scale } = live.current;
    if (!timeline || width < 2 || height < 2) return;
    const first = stepAt(timeline, u.posToVal(left, 'x') * 1000);
    const last = stepAt(timeline, u.posToVal(left + width, 'x') * 1000);
    onSelect(regionOf(timeline, scale, first, last, rowAt(u.posToVal(top + height, 'y'), scale), rowAt(u.posToVal(top, 'y'), scale)));
  };

  /** @param {KeyboardEvent} event @param {Plot} u */
  const onKey = (event, u) => {
    if (!timeline) return false;
    const last = timeline.steps.length - 1;
    const step = index ?? last;
    const middle = timeline.steps[step]?.p50 ?? Math.sqrt(u.scales.y.min * u.scales.y.max);
    const at = row ?? rowAt(middle, scale);
    if (event.key === 'Enter') {
      const from = anchor.current ?? { step, row: at };
      onSelect(regionOf(timeline, scale, Math.min(from.step, step), Math.max(from.step, step), Math.min(from.row, at), Math.max(from.row, at)));
      anchor.current = null;
      return true;
    }
    if (event.key === 'Escape' && (region || anchor.current)) {
      anchor.current = null;
      event.stopPropagation();
      onSelect(null);
      return true;
    }
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by) return false;
    if (event.shiftKey) anchor.current ??= { step, row: at };
    else anchor.current = null;
    const next = { step: Math.max(0, Math.min(last, index == null ? last : step + by[0])), row: Math.max(rowAt(u.scales.y.min, scale), Math.min(rowAt(u.scales.y.max, scale), at + by[1])) };
    setRow(next.row);
    u.root.classList.add('own-cursor');
    moveTo(u, next.step, u.valToPos(edge(next.row + 0.5, scale), 'y'));
    if (anchor.current) showRegion(u, regionOf(timeline, scale, Math.min(anchor.current.step, next.step), Math.max(anchor.current.step, next.step), Math.min(anchor.current.row, next.row), Math.max(anchor.current.row, next.row)));
    say(spokenCell(timeline, scale, next.step, next.row));
    return true;
  };

  const note = noteOf(timeline, problem);
  const hint = timeline && index != null && timeline.steps[index]
    ? (row != null ? spokenCell(timeline, scale, index, row) : count(timeline.steps[index].requests) + ' requests at ' + timeOf(timeline, index))
    : note ? '' : 'drag a region to list its requests';

  return html`<${Panel} id="heatmap" title="Latency heatmap" source=${source} problem=${problem} stale=${stale} hint=${hint}
    tools=${timeline && !note && html`<${Legend} most=${most} bound=${timeline.bound} />`}
    table=${timeline && (() => cellTable(timeline, scale))}>
    ${note ? html`<p class="chart-note">${note}</p>` : html`<${Chart} id="heatmap" name="Latency heatmap. Enter lists the requests of a cell, Shift and arrows select a region" drag2d data=${data} span=${timeline?.span ?? { from: 0, to: 1 }}
      onIndex=${(/** @type {number | null} */ i) => {
        setIndex(i);
        const u = plot.current;
        setRow(u && i != null && u.root.classList.contains('own-cursor') && u.cursor.top >= 0 ? rowAt(u.posToVal(u.cursor.top, 'y'), live.current.scale) : null);
      }}
      onDrag=${onDrag} onKey=${onKey} onReady=${onReady}
      sentence=${timeline ? heatSentence(timeline, scale) : ''}
      spoken=${(/** @type {number} */ i) => timeline ? timeOf(timeline, i) + ': ' + count(timeline.steps[i].requests) + ' requests, p50 ' + duration(timeline.steps[i].p50) + ', p99 ' + duration(timeline.steps[i].p99) : ''}
      options=${() => ({
        padding: [8, RIGHT, 0, 0],
        // Each line lies over a wider one in the surface's colour, to be seen on every cell. The last series only widens the scale.
        series: [{}, ...RANKS.flatMap((_, i) => [
          { scale: 'y', stroke: () => colour('--halo'), width: 3.5, points: { show: false }, spanGaps: false },
          { scale: 'y', stroke: () => colour('--rank'), width: 1.5, dash: DASHES[i], points: { show: false }, spanGaps: false },
        ]), { scale: 'y', stroke: () => 'transparent', width: 0, points: { show: false } }],
        scales: { y: { distr: /** @type {3} */ (3), range: () => rangeOf(live.current.timeline) } },
        axes: [{ ...timeAxis(), grid: { show: false } }, { ...logAxis({ scale: 'y', values: (_, splits) => splits.map(axisDuration) }), grid: { show: false } }],
        hooks: {
          drawClear: [(/** @type {Plot} */ u) => live.current.timeline && paint(u, live.current.timeline, live.current.scale, live.current.most)],
          draw: [(/** @type {Plot} */ u) => endLabels(u, RANKS.map((rank, i) => ({ series: 2 * i + 2, text: rank, colour: colour('--text') })), 'y')],
          ready: [(/** @type {Plot} */ u) => {
            u.over.addEventListener('mouseenter', () => u.root.classList.add('own-cursor'));
            u.over.addEventListener('mouseleave', () => u.root.classList.remove('own-cursor'));
          }],
        },
      })} />`}
  <//>`;
}

/** @param {{most: number, bound: number}} props */
function Legend({ most, bound }) {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? 'light');
  useEffect(() => onThemeChange(() => setTheme(document.documentElement.dataset.theme ?? 'light')), []);
  return html`<span class="keys legend" title=${'Requests in a cell, on a logarithmic scale. Counts are exact; p50, p95 and p99 are off by at most ' + share(bound) + '.'}>
    1 <span class="ramp" aria-hidden="true">${ramp(theme).filter((_, i) => i % 4 === 1).map(c => html`<i key=${c} style=${{ background: c }}></i>`)}</span> ${count(most)}<span class="wide">requests</span><span class="wide">±${share(bound)}</span>
  </span>`;
}

/** The upper edge of the row below, in ms. @param {number} row @param {number} scale */
function edge(row, scale) {
  return 2 ** (row / 2 ** scale) / 1e6;
}

/** The row of a duration in ms. @param {number} ms @param {number} scale */
function rowAt(ms, scale) {
  return Math.ceil(Math.log2(ms * 1e6) * 2 ** scale) - 1;
}

/** @param {Timeline} timeline @param {number} ms */
function stepAt(timeline, ms) {
  const begin = Date.parse(timeline.steps[0].timestamp);
  return Math.max(0, Math.min(timeline.steps.length - 1, Math.floor((ms - begin) / timeline.stepMs)));
}

/**
 * The region of whole cells. Durations are whole nanoseconds, and a bucket leaves out its lower edge: so the list holds just
 * the requests that the cells count.
 * @param {Timeline} timeline @param {number} scale @param {number} first @param {number} last @param {number} low @param {number} high
 * @returns {Region}
 */
function regionOf(timeline, scale, first, last, low, high) {
  const from = Date.parse(timeline.steps[first].timestamp);
  const to = Date.parse(timeline.steps[last].timestamp) + timeline.stepMs;
  return { from, to, min: (Math.floor(edge(low, scale) * 1e6) + 1) / 1e6, max: Math.floor(edge(high + 1, scale) * 1e6) / 1e6 };
}

/** @param {Plot} u @param {Region | null} region */
function showRegion(u, region) {
  if (!region || !u.scales.y?.min) {
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    return;
  }
  const width = u.over.clientWidth;
  const height = u.over.clientHeight;
  const left = Math.max(0, Math.min(width, u.valToPos(region.from / 1000, 'x')));
  const right = Math.max(0, Math.min(width, u.valToPos(region.to / 1000, 'x')));
  const top = Math.max(0, Math.min(height, u.valToPos(region.max, 'y')));
  const bottom = Math.max(0, Math.min(height, u.valToPos(Math.max(region.min, 1e-6), 'y')));
  u.setSelect({ left, top, width: right - left, height: bottom - top }, false);
}

/** @param {Timeline} timeline @param {number} scale @returns {Cell[]} */
function cellsOf(timeline, scale) {
  const merge = 2 ** (timeline.scale - scale);
  return timeline.steps.flatMap((step, i) => {
    /** @type {Cell[]} */
    const cells = [];
    for (const [bucket, requests] of step.buckets) {
      const row = Math.floor(bucket / merge);
      const previous = cells[cells.length - 1];
      if (previous?.row === row) previous.requests += requests;
      else cells.push({ step: i, row, requests });
    }
    return cells;
  });
}

/** @param {Plot} u @param {Timeline} timeline @param {number} scale @param {number} most */
function paint(u, timeline, scale, most) {
  const { ctx, bbox } = u;
  const colours = ramp(document.documentElement.dataset.theme ?? 'light');
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colour('--heat');
  ctx.fillRect(bbox.left, bbox.top, bbox.width, bbox.height);
  const lines = timeline.steps.map(step => Math.round(u.valToPos(Date.parse(step.timestamp) / 1000, 'x', true)));
  lines.push(Math.round(u.valToPos((Date.parse(timeline.steps[timeline.steps.length - 1].timestamp) + timeline.stepMs) / 1000, 'x', true)));
  // A gap between cells where they are big enough for one.
  const across = lines[1] - lines[0] > 8 * devicePixelRatio ? 1 : 0;
  const down = bbox.height / (Math.log2(u.scales.y.max / u.scales.y.min) * 2 ** scale) > 6 * devicePixelRatio ? 1 : 0;
  /** @type {Map<number, number>} */
  const ys = new Map();
  /** @param {number} row */
  const y = row => {
    let value = ys.get(row);
    if (value === undefined) ys.set(row, value = Math.round(u.valToPos(edge(row, scale), 'y', true)));
    return value;
  };
  for (const cell of cellsOf(timeline, scale)) {
    ctx.fillStyle = colours[placeOf(cell.requests, most)];
    const top = y(cell.row + 1);
    ctx.fillRect(lines[cell.step], top, Math.max(1, lines[cell.step + 1] - lines[cell.step] - across), Math.max(1, y(cell.row) - top - down));
  }
  ctx.restore();
}

/** The range of the latency axis: all buckets. @param {Timeline | null} timeline @returns {[number, number]} */
function rangeOf(timeline) {
  let [low, high] = [Infinity, -Infinity];
  for (const step of timeline?.steps ?? []) {
    if (!step.buckets.length) continue;
    low = Math.min(low, step.buckets[0][0]);
    high = Math.max(high, step.buckets[step.buckets.length - 1][0] + 1);
  }
  return low > high ? [1, 1000] : logRange(edge(low, timeline?.scale ?? 3), edge(high, timeline?.scale ?? 3));
}

/** Something to hang the scale on where no percentile is known. @param {Timeline} timeline */
function extremes(timeline) {
  return timeline.steps.map(step => (step.buckets.length ? edge(step.buckets[step.buckets.length - 1][0] + 1, timeline.scale) : null));
}

/** @param {Timeline} timeline @param {number} scale @param {number} step @param {number} row */
function spokenCell(timeline, scale, step, row) {
  const requests = cellsOf({ ...timeline, steps: [timeline.steps[step]] }, scale).find(cell => cell.row === row)?.requests ?? 0;
  return `${count(requests)} ${requests === 1 ? 'request' : 'requests'} of ${duration(edge(row, scale))} to ${duration(edge(row + 1, scale))} at ${timeOf(timeline, step)}`;
}

/** @param {Timeline} timeline @param {number} scale */
function heatSentence(timeline, scale) {
  const cells = cellsOf(timeline, scale);
  if (!cells.length) return 'No requests.';
  const fullest = cells.reduce((a, b) => (b.requests > a.requests ? b : a));
  const slowest = cells.reduce((a, b) => (b.row > a.row ? b : a));
  return `${count(requestsIn(timeline))} requests. Most in one cell: ${spokenCell(timeline, scale, fullest.step, fullest.row)}. Slowest: ${spokenCell(timeline, scale, slowest.step, slowest.row)}.`;
}

/** @param {Timeline} timeline @param {number} scale */
function cellTable(timeline, scale) {
  const cells = cellsOf(timeline, scale).reverse();
  return html`<${Table} name="Latency heatmap" fill rows=${cells} keyOf=${(/** @type {Cell} */ cell) => cell.step + ':' + cell.row} columns=${/** @type {Column<Cell>[]} */ ([
    { name: 'time', title: 'Time', cell: cell => timeOf(timeline, cell.step) },
    { name: 'above', title: 'Above', numeric: true, cell: cell => duration(edge(cell.row, scale)), value: cell => edge(cell.row, scale) },
    { name: 'upto', title: 'Up to', numeric: true, cell: cell => duration(edge(cell.row + 1, scale)), value: cell => edge(cell.row + 1, scale) },
    { name: 'requests', title: 'Requests', numeric: true, cell: cell => count(cell.requests), value: cell => cell.requests },
  ])} />`;
}
