// A chart over time: uPlot with the theme's colours, one cursor shared by all charts, a keyboard cursor that is read out, and a
// drag that asks for another range.
import { html, useEffect, useLayoutEffect, useRef } from './vendor/preact.js';
import { clock, day } from './format.js';
import { colour, onThemeChange } from './theme.js';

/** @typedef {uPlot.Options} Options */
/** @typedef {uPlot.Axis} Axis */
/** @typedef {uPlot.Column} Values */

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const SYNC = 'time';
/** The room at the right of the plot: the same in all charts, so that their times are below each other. */
export const RIGHT = 48;
const [M, H, D] = [60, 3600, 86_400];
/** The steps between the marks of time, in seconds. */
const INCREMENTS = [1, 5, 10, 30, M, 2 * M, 5 * M, 10 * M, 15 * M, 30 * M, H, 2 * H, 3 * H, 6 * H, 12 * H, D, 2 * D, 7 * D, 14 * D, 28 * D];

/**
 * @param {{
 *   id: string,
 *   name: string,
 *   sentence: string,
 *   options: () => Pick<Options, 'series' | 'scales' | 'axes' | 'padding' | 'hooks'>,
 *   data: Values[],
 *   span: Span,
 *   drag2d?: boolean,
 *   onIndex: (index: number | null) => void,
 *   onDrag: (u: uPlot) => void,
 *   onKey?: (event: KeyboardEvent, u: uPlot) => boolean,
 *   onReady?: (u: uPlot) => void,
 *   spoken: (index: number) => string,
 * }} props
 */
export function Chart(props) {
  const host = useRef(/** @type {HTMLElement | null} */ (null));
  const chart = useRef(/** @type {uPlot | null} */ (null));
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    const box = /** @type {HTMLElement} */ (host.current);
    const own = props.options();
    const u = new uPlot({
      width: box.clientWidth,
      height: box.clientHeight,
      legend: { show: false },
      ...own,
      padding: own.padding ?? [8, 8, 0, 0],
      cursor: {
        y: Boolean(props.drag2d),
        sync: {
          key: SYNC, setSeries: false, scales: ['x', null],
          // The cursor is shared, a drag is not.
          filters: { pub: isMove, sub: isMove },
        },
        drag: { x: true, y: Boolean(props.drag2d), setScale: false, dist: 4 },
        points: props.drag2d ? { show: false } : { size: 7, width: 1.5, fill: () => colour('--surface') },
        bind: { dblclick: () => null },
      },
      scales: { x: { range: () => [latest.current.span.from / 1000, latest.current.span.to / 1000] }, ...own.scales },
      hooks: {
        ...own.hooks,
        setCursor: [/** @param {uPlot} u */ u => latest.current.onIndex(u.cursor.idx)],
        setSelect: [/** @param {uPlot} u */ u => latest.current.onDrag(u)],
      },
    }, props.data, box);
    chart.current = u;
    latest.current.onReady?.(u);
    const resized = new ResizeObserver(() => {
      if (box.clientWidth && box.clientHeight) {
        u.setSize({ width: box.clientWidth, height: box.clientHeight });
        latest.current.onReady?.(u);
      }
    });
    resized.observe(box);
    const stop = onThemeChange(() => u.redraw(false, false));
    return () => {
      stop();
      resized.disconnect();
      u.destroy();
    };
  }, []);

  useEffect(() => {
    chart.current?.setData(props.data);
    if (chart.current) latest.current.onReady?.(chart.current);
  }, [props.data]);

  /** @param {KeyboardEvent} event */
  const onKeyDown = event => {
    const u = chart.current;
    if (!u || event.ctrlKey || event.altKey || event.metaKey) return;
    if (props.onKey?.(event, u)) {
      event.preventDefault();
      return;
    }
    const last = props.data[0].length - 1;
    const at = u.cursor.idx ?? last + 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    moveTo(u, Math.max(0, Math.min(last, to)));
    say(props.spoken(Math.max(0, Math.min(last, to))));
  };

  const sentenceId = 'sentence-' + props.id;
  return html`<div class="chart" tabindex="0" role="group" aria-roledescription="chart" aria-label=${props.name + '. Arrow keys move the cursor.'} aria-describedby=${sentenceId} onKeyDown=${onKeyDown}>
    <div class="chart-host" ref=${host}></div>
    <p class="spoken" id=${sentenceId} data-testid="sentence">${props.sentence}</p>
  </div>`;
}

/** @param {string} type */
const isMove = type => type === 'mousemove' || type === 'mouseleave';

/** Puts the cursor of all charts onto a step. @param {uPlot} u @param {number} index @param {number} [top] */
export function moveTo(u, index, top = u.over.clientHeight / 2) {
  const x = /** @type {number} */ (u.data[0][index]);
  u.setCursor({ left: Math.max(0, Math.min(u.over.clientWidth - 1, u.valToPos(x, 'x'))), top }, true, true);
}

/** Reads a text out. @param {string} text */
export function say(text) {
  const live = document.getElementById('readout');
  if (live) live.textContent = text;
}

/** @returns {Axis} */
export function timeAxis() {
  return {
    ...plain(), size: 24, space: 64, gap: 4, incrs: INCREMENTS,
    values: (_, splits) => splits.map(split => {
      if (split == null) return '';
      const date = new Date(split * 1000);
      if (date.getSeconds()) return clock(split * 1000);
      return date.getHours() || date.getMinutes() ? clock(split * 1000, false) : day(split * 1000);
    }),
  };
}

/** @param {Axis} axis @returns {Axis} */
export function valueAxis(axis) {
  return { ...plain(), size: 52, space: 28, gap: 6, ...axis };
}

/** A logarithmic axis with marks at 1, 2 and 5 where they have room. @param {Axis} axis @returns {Axis} */
export function logAxis(axis) {
  return valueAxis({
    ...axis,
    splits: (u, _, min, max) => {
      const room = u.over.clientHeight || 200;
      const decades = Math.log10(max / min) || 1;
      const marks = room / decades > 90 ? [1, 2, 5] : room / decades > 24 ? [1] : [];
      const splits = [];
      for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
        if (!marks.length && power % 2) continue;
        for (const mark of marks.length ? marks : [1]) {
          const split = mark * 10 ** power;
          if (split >= min * 0.999 && split <= max * 1.001) splits.push(split);
        }
      }
      return splits;
    },
    filter: (_, splits) => splits,
  });
}

/** A range of whole marks (1, 2, 5) around the values, so that it stays while they move a little. @param {number | null} min @param {number | null} max @returns {[number, number]} */
export function logRange(min, max) {
  if (min == null || max == null || !(min > 0)) return [1, 1000];
  const low = mark(min, -1);
  const high = mark(max, 1);
  return [low, high / low < 10 ? low * 10 : high];
}

/** @param {number} value @param {1 | -1} direction */
function mark(value, direction) {
  const power = 10 ** Math.floor(Math.log10(value));
  const marks = [1, 2, 5, 10].map(m => m * power);
  return direction > 0 ? /** @type {number} */ (marks.find(m => m >= value * 0.9999)) : /** @type {number} */ (marks.reverse().find(m => m <= value * 1.0001));
}

/** @returns {Axis} */
function plain() {
  return {
    font: FONT,
    stroke: () => colour('--muted'),
    grid: { stroke: () => colour('--grid'), width: 1 },
    ticks: { show: false },
  };
}

/** Writes the names of lines at their right ends, not over each other. @param {uPlot} u @param {{series: number, text: string, colour: string}[]} lines @param {string} scale */
export function endLabels(u, lines, scale) {
  const ratio = devicePixelRatio;
  const { ctx, bbox } = u;
  const placed = lines.flatMap(line => {
    const values = u.data[line.series];
    let last = values.length - 1;
    while (last >= 0 && values[last] == null) last--;
    return last < 0 ? [] : [{ ...line, y: u.valToPos(/** @type {number} */ (values[last]), scale, true) }];
  }).sort((a, b) => b.y - a.y);
  ctx.save();
  ctx.font = FONT.replace('11px', '600 ' + 11 * ratio + 'px');
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  let lowest = bbox.top + bbox.height;
  for (const label of placed) {
    const y = Math.max(bbox.top + 5 * ratio, Math.min(label.y, lowest));
    lowest = y - 12 * ratio;
    ctx.fillStyle = label.colour;
    ctx.fillText(label.text, bbox.left + bbox.width + 5 * ratio, y);
  }
  ctx.restore();
}
