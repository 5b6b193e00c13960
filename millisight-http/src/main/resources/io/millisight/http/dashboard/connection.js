// How the live figures come, and what to do when they do not.
import { html } from './vendor/preact.js';
import { clock, span } from './format.js';

/** Figures are called old when no frame came for so long. */
const STALE_MS = 3000;

/** @type {Record<string, string>} */
const NAMES = { 'websocket': 'WebSocket', 'event-stream': 'event stream', 'polling': 'polling', 'off': '' };

/** @param {Connection} connection @param {number} now */
export function isStale(connection, now) {
  return connection.frameAt > 0 && now - connection.frameAt > STALE_MS;
}

/** @param {{connection: Connection, now: number}} props */
export function ConnectionPill({ connection, now }) {
  const stale = isStale(connection, now);
  /** @type {[string, string, string]} */
  const [tone, shape, text] = connection.state === 'refused' ? ['bad', '▲', 'refused']
    : connection.state === 'reconnecting' ? ['warn', '◌', 'reconnecting, ' + span((now - connection.since) / 1000)]
    : connection.state === 'connecting' ? ['plain', '◌', 'connecting']
    : stale ? ['warn', '◆', 'no figures for ' + span((now - connection.frameAt) / 1000)]
    : ['ok', '●', 'live'];
  return html`<span class=${'pill ' + tone} data-testid="connection" data-state=${stale && connection.state === 'connected' ? 'stale' : connection.state} role="status"
    title=${connection.state === 'connected' ? 'By ' + NAMES[connection.transport] + ' since ' + clock(connection.since) : ''}>
    <span class="shape" aria-hidden="true">${shape}</span> ${text}${connection.state === 'connected' && !stale ? html`<span class="wide quiet-figure"> · ${NAMES[connection.transport]}</span>` : ''}</span>`;
}

/** In place of the page when the service refuses it. @param {{problem: Problem}} props */
export function Refused({ problem }) {
  return html`<section class="panel empty" data-testid="refused" aria-labelledby="title-refused">
    <h2 id="title-refused"><span class="bad" aria-hidden="true">▲</span> ${problem.status} ${problem.title}</h2>
    <p>${problem.detail}</p>
    <p>${problem.status === 401 ? 'Reload the page, and give the token as the password; any user name will do.' : 'Ask whoever runs the service, or open the page on its own machine.'}</p>
    <button type="button" onClick=${() => location.reload()}>Reload</button>
  </section>`;
}

/** A notice over the page, where it moves nothing. @param {{connection: Connection, now: number}} props */
export function ConnectionNotice({ connection, now }) {
  const last = connection.frameAt ? ` These figures are of ${clock(connection.frameAt)}.` : '';
  if (connection.state === 'reconnecting' && now - connection.since > 2000) {
    return html`<div class="notice warn" role="alert"><p><b>◌ The service does not answer</b> since ${clock(connection.since)}.${last} The page tries again by itself.</p></div>`;
  }
  if (connection.state === 'connected' && isStale(connection, now)) {
    return html`<div class="notice warn" role="alert"><p><b>◆ No new figures</b> since ${clock(connection.frameAt)}, though the connection stands. The service may be paused or overloaded.</p></div>`;
  }
  return null;
}
