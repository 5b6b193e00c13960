// The status line: how the service does, and how much of what happened these figures hold.
import { html } from './vendor/preact.js';
import { HealthWord } from './alerts.js';
import { count, duration, rate, share, span } from './format.js';
import { droppedIn } from './instances.js';
import { Panel } from './panel.js';

/**
 * @typedef {object} Totals
 * @property {number} requests
 * @property {Figure} rate
 * @property {Figure} errorRate
 * @property {Figure} p50
 * @property {Figure} p95
 * @property {Figure} p99
 * @property {Figure} bound
 */

/**
 * @param {{
 *   totals: Totals | null,
 *   live: Live | null,
 *   instances: number | null,
 *   watching: boolean,
 *   source: import('./export.js').Source,
 *   problem: Problem | null,
 *   stale: boolean,
 * }} props
 */
export function Performance({ totals, live, instances, watching, source, problem, stale }) {
  const ledger = live?.ledger;
  const dropped = droppedIn(ledger?.dropped);
  const errors = totals?.errorRate ?? 0;
  const bound = 'Off by at most ' + share(totals?.bound ?? 0.0055);
  return html`<${Panel} id="status" title=${html`<span class="spoken">Status</span>`} source=${source} problem=${problem} stale=${stale}>
    <dl class="figures">
      <${Big} name="rate" title="Requests/s" value=${totals?.rate} text=${rate(totals?.rate)} />
      <${Big} name="error-rate" title="Errors" value=${totals?.errorRate} text=${share(totals?.errorRate)} tone=${errors > 0.01 ? 'bad' : ''} />
      <${Big} name="p50" title="p50" value=${totals?.p50} text=${duration(totals?.p50)} hint=${bound} />
      <${Big} name="p95" title="p95" value=${totals?.p95} text=${duration(totals?.p95)} hint=${bound} />
      <${Big} name="p99" title="p99" value=${totals?.p99} text=${duration(totals?.p99)} hint=${bound} />
      <${Big} name="total" title="Requests" hint=${watching ? 'Since the start or the last reset' : 'In this range'} value=${totals?.requests} text=${count(totals?.requests)} />
      <${Big} name="in-flight" title="In flight" value=${live?.frame.in_flight} text=${count(live?.frame.in_flight)} hint="Begun and not ended, in this instance" />
      <div class="figure words"><dt>Health</dt><dd>${live?.health ? html`<a class="plain-link" href="#panel=health"><${HealthWord} status=${live.health.status} /></a>` : '–'}</dd></div>
      <div class="figure words"><dt>Instances</dt><dd data-testid="figure-instances-alive" data-value=${instances ?? ''}>${instances == null ? '–' : html`<a class="plain-link" href="#panel=instances">${count(instances)} alive</a>`}</dd></div>
      <div class="figure words quality" title="What became of every request that this instance has seen since it started"><dt>Data quality</dt>
        <dd>
          <span>seen <b data-testid="figure-seen" data-value=${ledger?.seen ?? ''}>${count(ledger?.seen)}</b></span>
          <span>stored <b data-testid="figure-stored" data-value=${ledger?.stored ?? ''}>${count(ledger?.stored)}</b></span>
          <span>pending <b data-testid="figure-pending" data-value=${ledger?.pending ?? ''}>${count(ledger?.pending)}</b></span>
          <span class=${dropped ? 'bad' : ''}>${dropped ? '▲\u202f' : ''}dropped <b data-testid="figure-dropped" data-value=${ledger ? dropped : ''}>${ledger ? count(dropped) : '–'}</b></span>
          <span>lag <b data-testid="figure-lag" data-value=${live?.frame.lag_seconds ?? ''}>${live?.frame.lag_seconds == null ? '–' : span(live.frame.lag_seconds)}</b></span>
        </dd></div>
    </dl>
  <//>`;
}

/** @param {{name: string, title: string, value: Figure | undefined, text: string, tone?: string, hint?: string}} props */
export function Big({ name, title, value, text, tone = '', hint }) {
  return html`<div class="figure" title=${hint}><dt>${title}</dt><dd class=${tone} data-testid=${'figure-' + name} data-value=${value ?? ''}>${tone === 'bad' ? '▲\u202f' : ''}${text}</dd></div>`;
}
