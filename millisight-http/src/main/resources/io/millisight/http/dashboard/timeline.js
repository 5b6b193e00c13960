// Figures over time: the live window and the stored series in one shape.
import { clock, day, UNKNOWN } from './format.js';

/** The live window, also where nothing happened. @param {Live} live @returns {Timeline} */
export function ofLive(live) {
  const to = Date.parse(live.frame.timestamp);
  const sliceMs = live.frame.window.slice_seconds * 1000;
  // The running slice is one of the window's: the oldest begins one less before the present.
  const from = to - (live.frame.window.full_seconds * 1000 - sliceMs);
  const [some] = live.slices.keys();
  const phase = (some ?? 0) % sliceMs;
  const steps = [];
  for (let begin = Math.floor((from - phase) / sliceMs) * sliceMs + phase; begin < to; begin += sliceMs) {
    steps.push(live.slices.get(begin) ?? empty(begin));
  }
  return timeline({ from, to }, sliceMs, live.frame.bucket_scale, live.frame.percentile_relative_error, steps);
}

/** @param {{from: string, to: string, step: number, bucket_scale: number, percentile_relative_error: number, points: Step[]}} series @returns {Timeline} */
export function ofSeries(series) {
  return timeline({ from: Date.parse(series.from), to: Date.parse(series.to) }, series.step * 1000, series.bucket_scale, series.percentile_relative_error, series.points);
}

/** @param {Span} span @param {number} stepMs @param {number} scale @param {number} bound @param {Step[]} steps @returns {Timeline} */
function timeline(span, stepMs, scale, bound, steps) {
  // The step that is still running is only as wide as what has passed of it.
  const end = Math.min(span.to, Math.max(Date.now(), span.from + stepMs));
  const xs = steps.map(step => {
    const begin = Date.parse(step.timestamp);
    return (begin + Math.min(stepMs, Math.max(0, end - begin)) / 2) / 1000;
  });
  return { span, stepMs, scale, bound, steps, xs };
}

/** @param {number} begin @returns {Step} */
function empty(begin) {
  return { timestamp: new Date(begin).toISOString(), requests: 0, rate: 0, errors: 0, error_rate: null, avg: null, p50: null, p95: null, p99: null, buckets: [] };
}

/** The requests of all steps. @param {Timeline | null} timeline */
export function requestsIn(timeline) {
  return timeline?.steps.reduce((sum, step) => sum + step.requests, 0) ?? 0;
}

/** What a chart says instead of blank axes; empty when it has something to show. @param {Timeline | null} timeline @param {Problem | null} problem */
export function noteOf(timeline, problem) {
  if (timeline == null) return problem ? 'No figures.' : 'Loading…';
  return requestsIn(timeline) === 0 ? 'No requests in this time.' : '';
}

/** The values of an earlier timeline at the places of this one, so that both can be drawn over each other. @param {Timeline} now @param {Timeline | null} before @param {'rate' | 'p95'} key */
export function ghost(now, before, key) {
  return now.steps.map((_, i) => before?.steps[i]?.[key] ?? null);
}

/** The step's time, as read out. @param {Timeline} timeline @param {number} index */
export function timeOf(timeline, index) {
  const begin = Date.parse(timeline.steps[index].timestamp);
  return (timeline.span.to - timeline.span.from > 86_400_000 ? day(begin) + ' ' : '') + clock(begin, timeline.stepMs < 60_000);
}

/**
 * A sentence that says what a line shows, for those who do not see it.
 * @param {string} name
 * @param {Timeline} timeline
 * @param {(step: Step) => Figure} value
 * @param {(value: Figure) => string} text
 */
export function sentence(name, timeline, value, text) {
  let [least, most, last] = [-1, -1, -1];
  timeline.steps.forEach((step, i) => {
    const v = value(step);
    if (v == null) return;
    if (least < 0 || v < /** @type {number} */ (value(timeline.steps[least]))) least = i;
    if (most < 0 || v > /** @type {number} */ (value(timeline.steps[most]))) most = i;
    last = i;
  });
  if (last < 0) return name + ': ' + UNKNOWN + '.';
  /** @param {number} i */
  const at = i => text(value(timeline.steps[i])) + ' at ' + timeOf(timeline, i);
  return `${name}: latest ${at(last)}, lowest ${at(least)}, highest ${at(most)}.`;
}
