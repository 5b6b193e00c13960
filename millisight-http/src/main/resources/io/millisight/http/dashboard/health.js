// The health board: a tile for each check, with the last 24 hours as a strip; a click shows when it turned, and why.
import { html } from './vendor/preact.js';
import { address, useAnswer } from './api.js';
import { HealthWord } from './alerts.js';
import { ago, duration, moment, share, shown, span } from './format.js';
import { Panel } from './panel.js';
import { Table } from './table.js';

/** @typedef {{from: string, to: string, checks: CheckHistory[]}} History */

/** @param {{health: Health | null, view: View, go: (change: Partial<View>) => void, now: number, round: number, stale: boolean}} props */
export function HealthBoard({ health, view, go, now, round, stale }) {
  const historyUrl = address('../health/history', { hours: 24, service: view.service, instance: view.instance });
  const { answer, problem } = /** @type {Loaded<History>} */ (useAnswer(historyUrl, historyUrl, round));
  const histories = answer?.data.checks ?? [];
  const names = [...new Set([...Object.keys(health?.checks ?? {}), ...histories.map(of => of.check)])];
  const open = names.includes(view.check) ? view.check : '';
  return html`
    <${Panel} id="health" title="Health" hint=${health?.instance ? 'of ' + shown(health.instance, 60) : ''} problem=${problem} stale=${stale}
      tools=${health && html`<span data-testid="figure-health" data-value=${health.status}><${HealthWord} status=${health.status} /></span>`}
      source=${{ name: 'health', url: address('../health'), rows: (/** @type {Health} */ data) => Object.entries(data.checks ?? {}).map(([check, of]) => ({ check, ...of })) }}>
      <div class="tiles">
        ${names.map(name => html`<${Tile} key=${name} name=${name} check=${health?.checks?.[name]} own=${health?.instance ?? ''} now=${now} history=${answer?.data}
          histories=${histories.filter(of => of.check === name)} open=${name === open} onOpen=${() => go({ check: name === open ? '' : name })} />`)}
      </div>
      ${!names.length && html`<p class="nothing">${health ? 'No health checks are set up.' : 'Loading…'}</p>`}
    <//>
    ${open && answer && html`<${Turns} check=${open} histories=${histories.filter(of => of.check === open)} answer=${answer} />`}`;
}

/** @param {{name: string, check: Check | undefined, own: string, now: number, history: History | undefined, histories: CheckHistory[], open: boolean, onOpen: () => void}} props */
function Tile({ name, check, own, now, history, histories, open, onOpen }) {
  const status = check?.stale ? 'unknown' : check?.status ?? 'unknown';
  const ownFirst = [...histories].sort((a, b) => Number(b.instance === own) - Number(a.instance === own));
  return html`<article class=${'tile ' + status} data-check=${name} data-value=${status}>
    <h3><button type="button" class="name" aria-expanded=${open} title="When it turned" onClick=${onOpen}>${shown(name, 120)}</button>${check?.critical && html`<span class="tag" title="The service is down when this check is">critical</span>`}</h3>
    <p class="tile-state">${check ? html`<${HealthWord} status=${status} />` : html`<span class="quiet-figure">not checked by this instance</span>`}
      ${check && html`<span class="quiet-figure">${check.since ? 'for ' + span((now - Date.parse(check.since)) / 1000) : ''}</span><span class="tile-time">${duration(check.response_time_ms)}</span>`}</p>
    <p class="message" title=${shown(check?.message, 1000)}>${check?.message ? shown(check.message, 200) : check?.stale ? 'Not looked at for three intervals.' : '\u00a0'}</p>
    ${history && ownFirst.slice(0, 4).map(of => html`<${Strip} key=${of.service + of.instance} of=${of} from=${Date.parse(history.from)} to=${Date.parse(history.to)} label=${ownFirst.length > 1 ? of.instance : ''} />`)}
    <p class="tile-foot"><span>24 h ago</span><span>${ownFirst[0] ? share(ownFirst[0].uptime) + ' up' : ''}</span><span>${check ? 'checked ' + ago(check.checked_at, now) : 'now'}</span></p>
  </article>`;
}

/** @param {{of: CheckHistory, from: number, to: number, label: string}} props */
function Strip({ of, from, to, label }) {
  const parts = partsOf(of, from, to);
  const sentence = `${label ? label + ': ' : ''}${share(of.uptime)} up in 24 hours, turned ${of.transition_count} times`;
  return html`<div class="strip-row">${label && html`<span class="name" title=${shown(label)}>${shown(label, 40)}</span>`}
    <svg class="strip" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=${sentence}>
      ${parts.map(part => html`<rect key=${part.from} class=${part.status} x=${(part.from - from) / (to - from) * 1000} width=${Math.max(2, (part.to - part.from) / (to - from) * 1000)} y=${part.status === 'down' ? 0 : part.status === 'healthy' ? 4 : 2} height=${part.status === 'down' ? 10 : part.status === 'healthy' ? 6 : 8}><title>${part.status} from ${moment(part.from)} to ${moment(part.to)}</title></rect>`)}
    </svg></div>`;
}

/** The stretches between the turns. @param {CheckHistory} of @param {number} from @param {number} to */
function partsOf(of, from, to) {
  const parts = [];
  let end = to;
  for (const turn of of.transitions) {
    const at = Math.max(from, Date.parse(turn.timestamp));
    parts.push({ status: turn.to, from: at, to: end });
    end = at;
  }
  const oldest = of.transitions[of.transitions.length - 1];
  // Without a turn it was the same all the time: the state that has the seconds.
  const status = oldest?.from ?? Object.entries(of.seconds).reduce((a, b) => (b[1] > a[1] ? b : a), ['unknown', 0])[0];
  if (end > from && of.transitions.length < 1000) parts.push({ status, from, to: end });
  return parts.reverse();
}

/** @param {{check: string, histories: CheckHistory[], answer: Answer<History>}} props */
function Turns({ check, histories, answer }) {
  const rows = histories.flatMap(of => of.transitions.map(turn => ({ ...turn, instance: of.instance }))).sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
  return html`<${Panel} id="history" title=${html`History of <span class="name">${shown(check, 80)}</span>`} hint="the last 24 hours"
    source=${{ name: 'health-history', url: answer.url, answer, rows: (/** @type {History} */ data) => data.checks.flatMap(of => of.transitions.map(turn => ({ check: of.check, service: of.service, instance: of.instance, ...turn }))) }}>
    <${Table} name=${'Turns of ' + check} rows=${rows} keyOf=${(/** @type {typeof rows[0]} */ r, /** @type {number} */ i) => r.timestamp + i} empty="It did not turn in the last 24 hours." columns=${/** @type {Column<typeof rows[0]>[]} */ ([
      { name: 'timestamp', title: 'When', cell: r => html`<time datetime=${r.timestamp} title=${r.timestamp}>${moment(r.timestamp)}</time>` },
      { name: 'to', title: 'Turned to', cell: r => html`<${HealthWord} status=${r.to} />` },
      { name: 'from', title: 'From', minor: true, cell: r => shown(r.from) },
      { name: 'response_time_ms', title: 'Answered in', numeric: true, minor: true, value: r => r.response_time_ms, cell: r => duration(r.response_time_ms) },
      { name: 'message', title: 'Why', cell: r => html`<span class="name" title=${shown(r.message, 1000)}>${shown(r.message)}</span>` },
      { name: 'instance', title: 'Instance', minor: true, cell: r => html`<span class="name">${shown(r.instance)}</span>` },
    ])} />
  <//>`;
}
