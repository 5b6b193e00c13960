// What the address says. Everything that one may want to send to a colleague is in its fragment, which no server sees:
// endpoint names thus stay out of access logs.

export const RANGES = [
  { name: 'live', label: 'Live', title: 'The last minutes, as they happen', minutes: 5 },
  { name: '15m', label: '15m', title: 'The last 15 minutes', minutes: 15 },
  { name: '1h', label: '1h', title: 'The last hour', minutes: 60 },
  { name: '6h', label: '6h', title: 'The last 6 hours', minutes: 360 },
  { name: '24h', label: '24h', title: 'The last 24 hours', minutes: 1440 },
  { name: '7d', label: '7d', title: 'The last 7 days', minutes: 10_080 },
  { name: 'custom', label: 'Custom', title: 'From one instant to another', minutes: 0 },
];

export const PANELS = ['overview', 'slow', 'alerts', 'health', 'instances'];

const MINUTE = 60_000;

/** @type {View} */
const DEFAULTS = {
  panel: 'overview', endpoint: '', range: 'live', from: 0, to: 0, compare: false,
  service: '', instance: '', sort: '-time_share', filter: '', select: null, check: '',
};

/** @param {string} fragment @returns {View} */
export function parse(fragment) {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const view = { ...DEFAULTS };
  const panel = given.get('panel') ?? '';
  if (PANELS.includes(panel)) view.panel = panel;
  for (const name of /** @type {const} */ (['endpoint', 'service', 'instance', 'sort', 'filter', 'check'])) {
    view[name] = given.get(name) ?? DEFAULTS[name];
  }
  const from = instant(given.get('from'));
  const to = instant(given.get('to'));
  const range = given.get('range') ?? '';
  if (RANGES.some(known => known.name === range)) view.range = range;
  if (view.range === 'custom') {
    if (from < to) Object.assign(view, { from, to });
    else view.range = DEFAULTS.range;
  }
  view.compare = given.get('compare') === '1';
  view.select = region(given.get('select'));
  return view;
}

/** @param {View} view @returns {string} */
export function format(view) {
  const out = new URLSearchParams();
  for (const name of /** @type {const} */ (['panel', 'endpoint', 'range', 'service', 'instance', 'sort', 'filter', 'check'])) {
    if (view[name] !== DEFAULTS[name]) out.set(name, view[name]);
  }
  if (view.range === 'custom') {
    out.set('from', new Date(view.from).toISOString());
    out.set('to', new Date(view.to).toISOString());
  }
  if (view.compare) out.set('compare', '1');
  if (view.select) {
    const { from, to, min, max } = view.select;
    out.set('select', [new Date(from).toISOString(), new Date(to).toISOString(), min, max].join(','));
  }
  // Colons and commas may stand in a fragment as they are, and read better.
  return out.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/');
}

/** Reads the view from the address and writes it there. */
export class Address {
  /** @param {(view: View) => void} onChange */
  constructor(onChange) {
    this.view = parse(location.hash);
    this.onChange = onChange;
    window.addEventListener('popstate', () => {
      this.view = parse(location.hash);
      this.onChange(this.view);
    });
  }

  /**
   * Goes to another view.
   * @param {Partial<View>} change
   * @param {boolean} [replace] without a step in the history, as for every letter of a filter
   */
  go(change, replace = false) {
    this.view = { ...this.view, ...change };
    const fragment = format(this.view);
    const address = fragment ? '#' + fragment : location.pathname + location.search;
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    this.onChange(this.view);
  }
}

/**
 * The stretch of time that a view is about. It ends with the running minute, so that the range has as many whole minutes as it says.
 * @param {View} view
 * @param {number} now
 * @returns {Span}
 */
export function spanOf(view, now) {
  if (view.range === 'custom') return { from: view.from, to: view.to };
  const minutes = /** @type {{minutes: number}} */ (RANGES.find(range => range.name === view.range)).minutes;
  const to = Math.ceil(now / MINUTE) * MINUTE;
  return { from: to - minutes * MINUTE, to };
}

/** A stretch of time widened to whole minutes, as the store has them. @param {Span} span @returns {Span} */
export function wholeMinutes(span) {
  return { from: Math.floor(span.from / MINUTE) * MINUTE, to: Math.ceil(span.to / MINUTE) * MINUTE };
}

/**
 * How often a view is asked anew, in ms; 0: what is past does not change.
 * @param {View} view
 * @param {number} now
 */
export function refreshOf(view, now) {
  switch (view.range) {
    case 'live': case '15m': case '1h': return 15_000;
    case 'custom': return view.to > now ? 60_000 : 0;
    default: return 60_000;
  }
}

/** @param {string | null} text @returns {number} */
function instant(text) {
  if (!text) return 0;
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : 0;
}

/** @param {string | null} text @returns {Region | null} */
function region(text) {
  const parts = (text ?? '').split(',');
  if (parts.length !== 4) return null;
  const [from, to] = [instant(parts[0]), instant(parts[1])];
  const [min, max] = [Number(parts[2]), Number(parts[3])];
  return from < to && min >= 0 && min <= max ? { from, to, min, max } : null;
}
