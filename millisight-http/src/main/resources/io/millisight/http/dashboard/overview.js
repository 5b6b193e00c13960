// The first screen: how the service does now, or did over a range, and its endpoints.
import { html, useMemo } from './vendor/preact.js';
import { address, useAnswer, useNow } from './api.js';
import { Empty } from './empty.js';
import { Endpoints } from './endpoints.js';
import { share, span as howLong } from './format.js';
import { Heatmap } from './heatmap.js';
import { Latency } from './latency.js';
import { Performance } from './performance.js';
import { Requests } from './requests.js';
import { refreshOf, spanOf, wholeMinutes } from './state.js';
import { Throughput } from './throughput.js';
import { ofLive, ofSeries } from './timeline.js';

/** @typedef {uPlot} Plot */
/** @typedef {Parameters<typeof ofSeries>[0]} Series */
/** @typedef {{endpoints: EndpointFigures[]}} EndpointsAnswer */

/**
 * What every panel over time is given.
 * @typedef {object} TimeProps
 * @property {Timeline | null} timeline
 * @property {Timeline | null} before the period before, when it is compared
 * @property {import('./export.js').Source} source
 * @property {Problem | null} problem
 * @property {boolean} stale
 * @property {(u: Plot) => void} onZoom
 */

/**
 * @typedef {object} PageProps
 * @property {View} view
 * @property {(change: Partial<View>, replace?: boolean) => void} go
 * @property {Live | null} live
 * @property {boolean} stale the live figures are old
 * @property {Loaded<import('./instances.js').Instances>} instances
 */

/** @param {PageProps} props */
export function Overview({ view, go, live, stale, instances }) {
  const watching = view.range === 'live';
  const scope = { service: view.service, instance: view.instance };
  const place = [view.range, view.from, view.to, view.service, view.instance];
  const now = useNow(watching ? 60_000 : refreshOf(view, Date.now()), place);
  const topic = place.join('\n');
  const span = spanOf(view, now);

  const performanceUrl = address('performance', { ...span, ...scope });
  const performance = /** @type {Loaded<Record<string, number>>} */ (useAnswer(watching ? null : performanceUrl, topic));
  const time = useTimeline(watching ? null : span, view, '', topic);
  const liveTimeline = useMemo(() => (watching && live ? ofLive(live) : null), [watching, live]);
  const timeline = watching ? liveTimeline : time.timeline;

  // Live, all is about this instance; the last hour is asked for the sparklines alone.
  const hour = { from: now - 3_600_000, to: now };
  const here = { service: live?.frame.service, instance: live?.frame.instance };
  const endpointsUrl = address('endpoints', { ...(watching ? { ...hour, ...here } : { ...span, ...scope }), points: 60 });
  const endpoints = /** @type {Loaded<EndpointsAnswer>} */ (useAnswer(watching && !live ? null : endpointsUrl, topic));
  const sparklines = useMemo(() => new Map((endpoints.answer?.data.endpoints ?? []).map(of => [of.endpoint, of.sparkline ?? []])), [endpoints.answer]);
  const figures = useMemo(() => (watching ? live && [...live.endpoints.values()] : endpoints.answer?.data.endpoints ?? null), [watching, live, endpoints.answer]);

  const data = performance.answer?.data;
  const totals = watching
    ? live && { requests: live.frame.total_requests, rate: live.frame.rate, errorRate: live.frame.window.error_rate, p50: live.frame.window.p50, p95: live.frame.window.p95, p99: live.frame.window.p99, bound: live.frame.percentile_relative_error }
    : data ? { requests: data.total_requests, rate: data.total_requests / Math.max(1, (Math.min(Date.now(), Date.parse(String(data.to))) - Date.parse(String(data.from))) / 1000), errorRate: data.error_rate, p50: data.p50_response_time, p95: data.p95_response_time, p99: data.p99_response_time, bound: data.percentile_relative_error } : null;

  const summary = { url: address('../metrics'), answer: null };
  const timeSource = watching
    ? { name: 'series', url: address('series', { ...wholeMinutes(spanOf(view, now)), ...here }), rows: pointsOf }
    : { name: 'series', url: time.url, answer: time.loaded.answer, rows: pointsOf };
  const timeProps = { timeline, before: time.before, source: timeSource, problem: watching ? null : time.loaded.problem, stale: watching && stale, onZoom: zoomer(go) };

  const silent = watching && live != null && live.silent;
  return html`
    <${Performance} watching=${watching} totals=${totals} live=${live} stale=${stale && watching} problem=${watching ? null : performance.problem}
      instances=${instances.answer && live ? instances.answer.data.instances.filter(of => of.alive && (view.service === '*' || of.service === (view.service || live.frame.service))).length : null}
      source=${watching ? { ...summary, name: 'metrics', rows: breakdownOf } : { name: 'performance', url: performanceUrl, answer: performance.answer, rows: oneRow }} />
    ${silent ? html`<${Empty} go=${go} />` : html`
      <div class="charts">
        <${Throughput} ...${timeProps} />
        <${Latency} ...${timeProps} />
        <${Heatmap} ...${timeProps} region=${view.select} onSelect=${(/** @type {Region | null} */ select) => go({ select })} />
      </div>
      ${view.select && html`<${Requests} region=${view.select} endpoint="" scope=${watching ? here : scope} onClose=${() => go({ select: null })} />`}
      <${Endpoints} figures=${figures} sparklines=${sparklines} view=${view} go=${go} stale=${watching && stale} problem=${endpoints.problem}
        hint=${(watching && live ? `the last ${howLong(live.frame.window.full_seconds)}; ` : '') + 'percentiles ±' + share(totals?.bound ?? 0.0055)}
        source=${watching ? { ...summary, name: 'endpoints', rows: breakdownOf } : { name: 'endpoints', url: endpointsUrl, answer: endpoints.answer, rows: endpointsOf }} />`}`;
}

/**
 * The series of a span, and of the period before it when they are compared.
 * @param {Span | null} span null: not asked
 * @param {View} view
 * @param {string} endpoint
 * @param {string} topic
 */
export function useTimeline(span, view, endpoint, topic) {
  const scope = { endpoint, service: view.service, instance: view.instance };
  const url = span ? address('series', { from: span.from, to: span.to, ...scope }) : '';
  const length = span ? span.to - span.from : 0;
  const loaded = /** @type {Loaded<Series>} */ (useAnswer(span && url, topic));
  const step = loaded.answer?.data.step;
  const earlier = /** @type {Loaded<Series>} */ (useAnswer(span && view.compare && step
    ? address('series', { from: span.from - length, to: span.to - length, step: step + 's', ...scope }) : null, topic));
  const timeline = useMemo(() => (loaded.answer ? ofSeries(loaded.answer.data) : null), [loaded.answer]);
  const before = useMemo(() => (earlier.answer ? ofSeries(earlier.answer.data) : null), [earlier.answer]);
  return { url, loaded, timeline, before };
}

/** A drag along the time asks for that range, of whole minutes. @param {(change: Partial<View>) => void} go @returns {(u: Plot) => void} */
export function zoomer(go) {
  return u => {
    const { left, width } = u.select;
    if (width < 4) return;
    const range = wholeMinutes({ from: u.posToVal(left, 'x') * 1000, to: u.posToVal(left + width, 'x') * 1000 });
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    go({ range: 'custom', ...range, select: null });
  };
}

/** @param {View} view @param {Live | null} live */
export function nameOf(view, live) {
  if (!live) return '…';
  if (view.range === 'live' || !(view.service || view.instance)) return view.range === 'live' ? live.frame.service + ' · ' + live.frame.instance : live.frame.service;
  return (view.service === '*' ? 'all services' : view.service || live.frame.service) + (view.instance ? ' · ' + view.instance : '');
}

/** @param {{points: Record<string, unknown>[]}} data */
export const pointsOf = data => data.points;
/** @param {{endpoints: Record<string, unknown>[]}} data */
export const endpointsOf = data => data.endpoints;
/** @param {{endpoint_breakdown: Record<string, object>}} data */
const breakdownOf = data => Object.entries(data.endpoint_breakdown).map(([endpoint, figures]) => ({ endpoint, ...figures }));
/** @param {Record<string, unknown>} data */
const oneRow = data => [Object.fromEntries(Object.entries(data).filter(([, value]) => typeof value !== 'object' || value === null))];
