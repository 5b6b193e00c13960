// The dashboard: one page, kept by its address (state.js), moved by the live feed (feed.js).
import { html, render, useEffect, useMemo, useRef, useState } from './vendor/preact.js';
import { Alerts } from './alerts.js';
import { address, useAnswer, useNow } from './api.js';
import { ConnectionNotice, ConnectionPill, isStale, Refused } from './connection.js';
import { say } from './chart.js';
import { Endpoint } from './endpoint.js';
import { Feed } from './feed.js';
import { count, shown } from './format.js';
import { HealthBoard } from './health.js';
import { Help } from './help.js';
import { Icon } from './icon.js';
import { InstancesPanel } from './instances.js';
import { listen } from './keyboard.js';
import { merge } from './live.js';
import { nameOf, Overview } from './overview.js';
import { chooseRange, Compare, RangePicker, ScopePicker } from './range.js';
import { Slow, slowRows, SlowOf } from './slow.js';
import { Address, format, RANGES } from './state.js';
import { nextTheme, theme } from './theme.js';

/** @type {Record<string, string>} */
const TITLES = { overview: 'Overview', slow: 'Slow requests', alerts: 'Alerts', health: 'Health', instances: 'Instances' };

function Dashboard() {
  const [view, setView] = useState(() => place.view);
  const [live, setLive] = useState(/** @type {Live | null} */ (null));
  const [connection, setConnection] = useState(/** @type {Connection} */ (feed.connection));
  const [help, setHelp] = useState(false);
  const [chosen, setChosen] = useState(theme());
  const now = useNow(1000, []);
  const round = useNow(30_000, []);
  const viewNow = useRef(view);
  viewNow.current = view;

  /** @param {Partial<View>} change @param {boolean} [replace] */
  const go = (change, replace) => place.go(change, replace);

  useEffect(() => {
    place.onChange = setView;
    /** @type {Live | null} */
    let known = null;
    feed.onFrame = frame => {
      known = merge(known, frame);
      document.documentElement.dataset.frame = frame.id;
      setLive(known);
    };
    feed.onConnection = next => {
      document.documentElement.dataset.live = next.state === 'connected' ? next.transport : 'off';
      setConnection(next);
    };
    feed.run();
    listen({
      theme: () => {
        setChosen(nextTheme());
        say('Theme: ' + theme());
      },
      help: () => setHelp(true),
      back: () => {
        const { select, endpoint, panel } = viewNow.current;
        if (select) go({ select: null });
        else if (endpoint) go({ endpoint: '' });
        else if (panel !== 'overview') go({ panel: 'overview' });
      },
      compare: () => viewNow.current.range !== 'live' && go({ compare: !viewNow.current.compare }),
      range: index => chooseRange(RANGES[index].name, viewNow.current, go),
      panel: panel => go({ panel, endpoint: '', select: null }),
    });
  }, []);

  const instancesUrl = address('instances', { service: '*' });
  const instances = /** @type {Loaded<import('./instances.js').Instances>} */ (useAnswer(instancesUrl, '', round));
  const own = live?.frame.service ?? '';
  const stale = connection.state !== 'connected' ? connection.frameAt > 0 : isStale(feed.connection, now);
  const shownConnection = { ...connection, frameAt: feed.connection.frameAt };
  const page = { view, go, live, stale, instances };

  useEffect(() => {
    if (live) document.documentElement.dataset.ready = 'true';
  }, [live != null]);

  useEffect(() => {
    document.title = (view.endpoint ? shown(view.endpoint, 60) + ' · ' : view.panel === 'overview' ? '' : TITLES[view.panel] + ' · ') + (own ? shown(own, 40) + ' · ' : '') + 'Millisight';
  }, [view.endpoint, view.panel, own]);

  return html`
    <header class="top">
      <h1><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M2 14h4l3-9 3 12 2.5-6H18" /></svg>Millisight</h1>
      <span class="whose" data-testid="service"><span class="name">${shown(nameOf(view, live), 80)}</span></span>
      <nav aria-label="Reports">${Object.entries(TITLES).map(([panel, title]) => html`<a key=${panel} href=${'#' + format({ ...view, panel, endpoint: '', select: null, check: '' })}
        aria-current=${view.panel === panel ? 'page' : undefined}>${title}${badge(panel, live)}</a>`)}</nav>
      <div class="top-end">
        <${ConnectionPill} connection=${shownConnection} now=${now} />
        <button type="button" class="quiet" data-testid="theme" data-value=${chosen} title="Theme (t)" aria-label=${'Theme: ' + chosen} onClick=${() => setChosen(nextTheme())}><${Icon} name=${chosen} /></button>
        <button type="button" class="quiet" title="Help (?)" aria-label="Help" onClick=${() => setHelp(true)}><${Icon} name="help" /></button>
      </div>
    </header>
    <main>
      ${connection.state === 'refused' && connection.problem ? html`<${Refused} problem=${connection.problem} />` : html`
        ${toolbarOf(page, own)}
        ${pageOf(page, now, round, instancesUrl)}`}
    </main>
    <${ConnectionNotice} connection=${shownConnection} now=${now} />
    ${help && html`<${Help} onClose=${() => setHelp(false)} />`}`;
}

/** @param {import('./overview.js').PageProps} page @param {string} own the service that is asked */
function toolbarOf({ view, go, instances }, own) {
  const scope = html`<${ScopePicker} view=${view} go=${go} instances=${instances.answer?.data.instances ?? []} own=${own} />`;
  switch (view.panel) {
    case 'overview': return html`<div class="toolbar"><${RangePicker} view=${view} go=${go} /><${Compare} view=${view} go=${go} />${scope}</div>`;
    case 'slow': case 'health': return html`<div class="toolbar">${scope}</div>`;
    default: return null;
  }
}

/** @param {import('./overview.js').PageProps} page @param {number} now @param {number} round @param {string} instancesUrl */
function pageOf(page, now, round, instancesUrl) {
  const { view, live, stale, instances, go } = page;
  switch (view.panel) {
    case 'slow':
      return view.service || view.instance
        ? html`<${SlowOf} view=${view} round=${round} />`
        : html`<${Slow} keys requests=${live?.slow ?? null} view=${view} stale=${stale} hint="the last 100 over their threshold, of this instance"
          source=${{ name: 'slow', url: address('slow'), rows: slowRows }} />`;
    case 'alerts':
      return html`<${Alerts} alerts=${live?.alerts ?? null} view=${view} stale=${stale} now=${now}
        source=${{ name: 'alerts', url: address('../metrics'), rows: (/** @type {{alerts: Record<string, unknown>[]}} */ data) => data.alerts }} />`;
    case 'health':
      return html`<${HealthBoard} health=${live?.health ?? null} view=${view} go=${go} now=${now} round=${round} stale=${stale} />`;
    case 'instances':
      return html`<${InstancesPanel} loaded=${instances} url=${instancesUrl} now=${now} />`;
    default:
      return view.endpoint ? html`<${Endpoint} key=${view.endpoint} ...${page} />` : html`<${Overview} ...${page} />`;
  }
}

/** @param {string} panel @param {Live | null} live */
function badge(panel, live) {
  if (panel === 'slow' && live?.slow.length) return html` <span class="badge">${count(live.slow.length)}</span>`;
  if (panel === 'alerts' && live?.alerts.length) return html` <span class="badge bad-badge">${count(live.alerts.length)}</span>`;
  if (panel === 'health' && live?.health && live.health.status !== 'healthy' && live.health.status !== 'unknown') return html` <span class="badge bad-badge">${live.health.status}</span>`;
  return null;
}

const place = new Address(() => {});
const feed = new Feed(() => {}, () => {});
const app = /** @type {HTMLElement} */ (document.getElementById('app'));
app.replaceChildren();
render(html`<${Dashboard} />`, app);
