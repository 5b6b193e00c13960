// Which time, and whose figures.
import { html, useEffect, useState } from './vendor/preact.js';
import { shown } from './format.js';
import { RANGES } from './state.js';

/** @param {{view: View, go: (change: Partial<View>) => void}} props */
export function RangePicker({ view, go }) {
  return html`<div class="ranges" data-testid="range" data-value=${view.range} role="group" aria-label="Time range">
    ${RANGES.map((range, i) => html`<button type="button" key=${range.name} aria-pressed=${view.range === range.name} title=${range.title + ' (' + (i + 1) + ')'} data-range=${range.name}
      onClick=${() => chooseRange(range.name, view, go)}>${range.label}</button>`)}
    ${view.range === 'custom' && html`<${Custom} view=${view} go=${go} />`}
  </div>`;
}

/** @param {string} range @param {View} view @param {(change: Partial<View>) => void} go */
export function chooseRange(range, view, go) {
  if (range === view.range) return;
  const now = Math.ceil(Date.now() / 60_000) * 60_000;
  go(range === 'custom' ? { range, from: now - 3_600_000, to: now, select: null } : { range, select: null });
}

/** @param {{view: View, go: (change: Partial<View>) => void}} props */
function Custom({ view, go }) {
  const [wrong, setWrong] = useState(false);
  useEffect(() => setWrong(false), [view.from, view.to]);
  /** @param {Event} event */
  const apply = event => {
    const inputs = /** @type {Element} */ (/** @type {Element} */ (event.currentTarget).parentElement).querySelectorAll('input');
    const [from, to] = [...inputs].map(input => Date.parse(input.value));
    // While a field is half typed there is no instant.
    if (Number.isNaN(from) || Number.isNaN(to)) return;
    setWrong(from >= to);
    if (from < to) go({ from, to, select: null });
  };
  return html`<span class="custom">
    <input type="datetime-local" aria-label="From" value=${local(view.from)} aria-invalid=${wrong} onChange=${apply} />
    <span aria-hidden="true">–</span>
    <input type="datetime-local" aria-label="To" value=${local(view.to)} aria-invalid=${wrong} onChange=${apply} />
    ${wrong && html`<span class="bad" role="alert">begins after its end</span>`}
  </span>`;
}

/** As an input for local time has it. @param {number} ms */
function local(ms) {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {{view: View, go: (change: Partial<View>) => void}} props */
export function Compare({ view, go }) {
  const live = view.range === 'live';
  return html`<label class="compare" title=${live ? 'The live view has no period before it: choose a range' : 'Draws the period before as a dotted line'}>
    <input type="checkbox" checked=${view.compare && !live} disabled=${live} onChange=${() => go({ compare: !view.compare })} /> Compare<span class="wide"> with the period before</span></label>`;
}

/** @param {{view: View, go: (change: Partial<View>) => void, instances: Instance[], own: string}} props */
export function ScopePicker({ view, go, instances, own }) {
  if (view.range === 'live' && view.panel === 'overview' && !view.endpoint) {
    return html`<span class="scope quiet-figure" title="Longer ranges cover all instances">live is this instance</span>`;
  }
  const services = [...new Set(instances.map(of => of.service))];
  const value = JSON.stringify([view.service, view.instance]);
  // Slow requests without a scope are those in the memory of this instance.
  const blank = view.panel === 'slow' ? 'this instance, live' : 'this service, all instances';
  const options = [
    { value: JSON.stringify(['', '']), text: blank },
    ...(view.panel === 'slow' && own ? [{ value: JSON.stringify([own, '']), text: shown(own, 60) + ', all instances' }] : []),
    ...(services.length > 1 ? [{ value: JSON.stringify(['*', '']), text: 'all services' }] : []),
    ...services.filter(service => service !== own).map(service => ({ value: JSON.stringify([service, '']), text: shown(service, 60) + ', all instances' })),
    ...instances.map(of => ({ value: JSON.stringify([of.service === own ? '' : of.service, of.instance]), text: shown(of.service, 60) + ' · ' + shown(of.instance, 60) })),
  ];
  if (!options.some(option => option.value === value)) options.push({ value, text: shown([view.service, view.instance].filter(Boolean).join(' · '), 80) });
  return html`<select class="scope" aria-label="Whose figures" value=${value} onChange=${(/** @type {Event} */ e) => {
    const [service, instance] = JSON.parse(/** @type {HTMLSelectElement} */ (e.currentTarget).value);
    go({ service, instance });
  }}>${options.map(option => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.text}</option>`)}</select>`;
}
