// One endpoint's own page: its figures, its charts, how it ended, and its slow requests.
import { html, useState } from './vendor/preact.js';
import { address, useAnswer, useNow } from './api.js';
import { Details } from './details.js';
import { Heatmap } from './heatmap.js';
import { Icon } from './icon.js';
import { Latency } from './latency.js';
import { count, duration, rate, share, shown } from './format.js';
import { endpointsOf, useTimeline, zoomer } from './overview.js';
import { Panel } from './panel.js';
import { Big } from './performance.js';
import { Requests } from './requests.js';
import { SlowOf } from './slow.js';
import { refreshOf, spanOf } from './state.js';
import { Statuses } from './statuses.js';
import { Throughput } from './throughput.js';

/** @typedef {import('./overview.js').EndpointsAnswer} EndpointsAnswer */

/** @param {import('./overview.js').PageProps} props */
export function Endpoint({ view, go }) {
  const [details, setDetails] = useState(false);
  const scope = { service: view.service, instance: view.instance };
  const place = [view.endpoint, view.range, view.from, view.to, view.service, view.instance];
  const now = useNow(view.range === 'live' ? 10_000 : refreshOf(view, Date.now()), place);
  const topic = place.join('\n');
  // The live window has no charts by endpoint: the store has, by minute.
  const span = spanOf(view.range === 'live' ? { ...view, range: '1h' } : view, now);

  const url = address('endpoints', { ...span, endpoint: view.endpoint, ...scope });
  const loaded = /** @type {Loaded<EndpointsAnswer>} */ (useAnswer(url, topic));
  const figures = loaded.answer?.data.endpoints.find(of => of.endpoint === view.endpoint);
  const time = useTimeline(span, view, view.endpoint, topic);
  const statusesUrl = address('statuses', { ...span, endpoint: view.endpoint, ...scope });
  const statuses = /** @type {Loaded<{statuses: {status: number, requests: number}[]}>} */ (useAnswer(statusesUrl, topic));

  const timeProps = {
    timeline: time.timeline, before: time.before, problem: time.loaded.problem, stale: false, onZoom: zoomer(go),
    source: { name: 'series', url: time.url, answer: time.loaded.answer, rows: (/** @type {{points: Record<string, unknown>[]}} */ data) => data.points },
  };
  const other = [['exceptions', figures?.exceptions], ['timeouts', figures?.timeouts], ['client aborts', figures?.client_aborts], ['client errors', figures?.client_errors], ['streams', figures?.streams]];
  return html`
    <${Panel} id="endpoint" problem=${loaded.problem}
      title=${html`<button type="button" class="back" aria-label="Back to all endpoints" title="Back (Esc)" onClick=${() => go({ endpoint: '', select: null })}><${Icon} name="back" /></button> <span class="name" title=${shown(view.endpoint)}>${shown(view.endpoint)}</span>`}
      hint=${view.range === 'live' ? 'the last hour, by minute' : ''}
      tools=${html`<button type="button" class="quiet" onClick=${() => setDetails(true)}>Details</button>`}
      source=${{ name: 'endpoint', url, answer: loaded.answer, rows: endpointsOf }}>
      <dl class="figures">
        <${Big} name="rate" title="Requests/s" value=${figures?.rate} text=${rate(figures?.rate)} />
        <${Big} name="error-rate" title="Errors" value=${figures?.error_rate} text=${share(figures?.error_rate)} tone=${(figures?.error_rate ?? 0) > 0.01 ? 'bad' : ''} />
        <${Big} name="p50" title="p50" value=${figures?.p50_response_time} text=${duration(figures?.p50_response_time)} />
        <${Big} name="p95" title="p95" value=${figures?.p95_response_time} text=${duration(figures?.p95_response_time)} />
        <${Big} name="p99" title="p99" value=${figures?.p99_response_time} text=${duration(figures?.p99_response_time)} />
        <${Big} name="max" title="Slowest" value=${figures?.max_response_time} text=${duration(figures?.max_response_time)} />
        <${Big} name="total" title="Requests" value=${figures?.requests} text=${count(figures?.requests)} />
        <${Big} name="time-share" title="Share of time" value=${figures?.time_share} text=${share(figures?.time_share)} />
        <div class="figure words quality"><dt>Of these</dt><dd>${other.map(([name, value]) => html`<span key=${name}>${name} <b>${count(/** @type {number | undefined} */ (value))}</b></span>`)}</dd></div>
      </dl>
    <//>
    <div class="charts">
      <${Throughput} ...${timeProps} />
      <${Latency} ...${timeProps} />
      <${Heatmap} ...${timeProps} region=${view.select} onSelect=${(/** @type {Region | null} */ select) => go({ select })} />
    </div>
    ${view.select && html`<${Requests} region=${view.select} endpoint=${view.endpoint} scope=${scope} onClose=${() => go({ select: null })} />`}
    <div class="pair">
      <${Statuses} loaded=${statuses} url=${statusesUrl} />
      <${SlowOf} view=${view} round=${now} />
    </div>
    ${details && html`<${Details} title="Endpoint" of=${{ endpoint: view.endpoint, ...figures }} onClose=${() => setDetails(false)} />`}`;
}
