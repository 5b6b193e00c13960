// Alerts, and why they were raised: what was observed, what is usual, where the threshold lay, and the requests behind it.
import { html, useState } from './vendor/preact.js';
import { Details } from './details.js';
import { ago, count, duration, moment, shown } from './format.js';
import { Panel } from './panel.js';
import { format } from './state.js';

/** @param {{alerts: Alert[] | null, view: View, source: import('./export.js').Source, stale: boolean, now: number}} props */
export function Alerts({ alerts, view, source, stale, now }) {
  const [details, setDetails] = useState(/** @type {Alert | null} */ (null));
  return html`<${Panel} id="alerts" title=${html`Alerts <span class="badge" data-testid="figure-alerts" data-value=${alerts?.length ?? ''}>${count(alerts?.length)}</span>`}
    hint="the last 100 of this instance and of its service" source=${source} stale=${stale}
    tools=${alerts?.length ? html`<span class="bullet-key keys"><span><i class="usual"></i>usual</span><span><i class="observed"></i>observed</span><span><i class="threshold"></i>threshold</span></span>` : null}>
    <ol class="alerts">
      ${(alerts ?? []).map((alert, i) => html`<li key=${alert.timestamp + alert.kind + i} class="alert" data-kind=${alert.kind}>
        ${alert.kind === 'health' ? health(alert) : spike(alert, view)}
        <div class="alert-side"><time datetime=${alert.timestamp} title=${alert.timestamp}>${moment(alert.timestamp)}</time><span class="quiet-figure">${ago(alert.timestamp, now)}</span>
          <button type="button" class="quiet" onClick=${() => setDetails(alert)}>Details</button></div>
      </li>`)}
    </ol>
    ${!alerts?.length && html`<p class="nothing">${alerts ? 'No alert since the start. The p99 of every endpoint is held against what is usual for it.' : 'Loading…'}</p>`}
    ${details && html`<${Details} title="Alert" of=${details} onClose=${() => setDetails(null)} />`}
  <//>`;
}

/** @param {Alert} alert @param {View} view */
function spike(alert, view) {
  const { observed_ms: observed = 0, baseline_ms: baseline = 0, threshold_ms: threshold = 0, requests = 0, samples = [] } = { ...alert, ...alert.details };
  const fleet = alert.kind === 'fleet_p99_spike';
  const most = Math.max(observed, threshold, baseline) * 1.05 || 1;
  /** @param {number} ms */
  const at = ms => ms / most * 100 + '%';
  return html`<div class="alert-body">
    <h3><span class="shape bad" aria-hidden="true">▲</span> p99 spike${fleet ? ' of the fleet' : ''}: ${alert.endpoint
      ? html`<a class="name" href=${'#' + format({ ...view, panel: 'overview', endpoint: alert.endpoint, select: null })} title=${shown(alert.endpoint)}>${shown(alert.endpoint, 160)}</a>`
      : html`<span class="name">${fleet ? 'all of ' + shown(alert.service) : 'the whole service'}</span>`}</h3>
    <p><${Figure} name="observed_ms" value=${observed} /> observed, ${baseline ? html`<b>${(observed / baseline).toFixed(1)}×</b> the usual <${Figure} name="baseline_ms" value=${baseline} />` : 'nothing known as usual'}; threshold <${Figure} name="threshold_ms" value=${threshold} />; <span data-figure="requests" data-value=${requests}>${count(requests)}</span> requests judged${alert.raised_by ? ', raised by ' + shown(alert.raised_by) : ''}.</p>
    <div class="bullet" role="img" aria-label=${`Observed ${duration(observed)}, usual ${duration(baseline)}, threshold ${duration(threshold)}`}>
      <i class="observed" style=${{ width: at(observed) }}></i><i class="usual" style=${{ width: at(baseline) }}></i><i class="threshold" style=${{ left: at(threshold) }}></i>
    </div>
    ${samples.length > 0 && html`<details class="samples"><summary>${count(samples.length)} of the slow requests behind it</summary>
      <ul>${samples.map((sample, i) => html`<li key=${i}><b>${duration(sample.duration_ms)}</b> <span>${sample.status ?? '–'}</span> <span class="name" title=${shown(sample.path ?? sample.endpoint)}>${shown(sample.path ?? sample.endpoint, 200)}</span> <span class="quiet-figure">${moment(sample.timestamp)}</span></li>`)}</ul></details>`}
  </div>`;
}

/** @param {{name: string, value: number}} props */
function Figure({ name, value }) {
  return html`<b data-figure=${name} data-value=${value}>${duration(value)}</b>`;
}

/** @param {Alert} alert */
function health(alert) {
  return html`<div class="alert-body">
    <h3><${HealthWord} status=${alert.to ?? 'unknown'} /> <span class="name">${shown(alert.check, 160)}</span></h3>
    <p>was ${shown(alert.from)}, is ${shown(alert.to)}${(alert.turns ?? 1) > 1 ? `, after ${count(alert.turns)} turns` : ''}${alert.response_time_ms == null ? '' : ', answered in ' + duration(alert.response_time_ms)}.</p>
    ${alert.message && html`<p class="message">${shown(alert.message, 500)}</p>`}
  </div>`;
}

/** @type {Record<string, [string, string]>} */
const SHAPES = { healthy: ['●', 'ok'], degraded: ['◆', 'warn'], down: ['▲', 'bad'], unknown: ['○', 'plain'] };

/** A state in shape, colour and word. @param {{status: string}} props */
export function HealthWord({ status }) {
  const [shape, tone] = SHAPES[status] ?? SHAPES.unknown;
  return html`<span class=${'health-word ' + tone}><span class="shape" aria-hidden="true">${shape}</span> ${shown(status, 20)}</span>`;
}
