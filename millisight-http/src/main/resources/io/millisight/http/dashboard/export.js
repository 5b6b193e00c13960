// CSV and JSON of a panel: what the API call gives that the panel names, as received.
import { html, useEffect, useRef, useState } from './vendor/preact.js';
import { get, ProblemError, ROOT } from './api.js';
import { Icon } from './icon.js';

/**
 * @typedef {object} Source what a panel shows, as a call of the API
 * @property {string} name of the file
 * @property {string} url
 * @property {Answer<any> | null} [answer] as shown; else it is asked when it is exported
 * @property {(data: any) => Record<string, unknown>[]} rows its table
 */

/** @param {{source: Source}} props */
export function ExportMenu({ source }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const [problem, setProblem] = useState('');
  useEffect(() => {
    /** @param {Event} event */
    const close = event => {
      const details = menu.current;
      if (!details?.open || (event.type === 'click' && details.contains(/** @type {Node} */ (event.target)))) return;
      if (event instanceof KeyboardEvent && event.key !== 'Escape') return;
      details.open = false;
      if (event.type === 'keydown') {
        event.stopPropagation();
        details.querySelector('summary')?.focus();
      }
    };
    document.addEventListener('click', close);
    document.addEventListener('keydown', close, true);
    return () => {
      document.removeEventListener('click', close);
      document.removeEventListener('keydown', close, true);
    };
  }, []);

  /** @param {'json' | 'csv'} form */
  const download = async form => {
    try {
      const answer = source.answer ?? await get(source.url);
      if (form === 'json') save(source.name + '.json', 'application/json', answer.text);
      else save(source.name + '.csv', 'text/csv', csv(source.rows(answer.data)));
      setProblem('');
      if (menu.current) menu.current.open = false;
    } catch (failure) {
      setProblem(failure instanceof ProblemError ? failure.problem.title + '. ' + failure.problem.detail : String(failure));
    }
  };

  const path = source.url.startsWith(ROOT.origin) ? source.url.slice(ROOT.origin.length) : source.url;
  return html`<details class="menu" ref=${menu}>
    <summary class="quiet" aria-label=${'Export ' + source.name} title="CSV, JSON, and the API call"><${Icon} name="export" /></summary>
    <div class="menu-body">
      <p>This panel shows</p>
      <a class="call" href=${source.url} target="_blank" rel="noopener" data-testid="source">${readable(path)}</a>
      <div class="menu-buttons">
        <button type="button" onClick=${() => download('json')}>JSON</button>
        <button type="button" onClick=${() => download('csv')}>CSV</button>
      </div>
      ${problem && html`<p class="bad" role="alert">${problem}</p>`}
    </div>
  </details>`;
}

/** @param {string} text as it is when that is not valid */
function readable(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe in front, as in the CSV of /metrics/requests.
 * @param {Record<string, unknown>[]} rows
 */
export function csv(rows) {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))];
  const lines = [columns, ...rows.map(row => columns.map(column => row[column]))];
  return lines.map(line => line.map(field).join(',') + '\r\n').join('');
}

/** @param {unknown} value */
function field(value) {
  if (value == null) return '';
  let text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (typeof value === 'string' && /^[=+\-@\t\r\n]/.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

/** @param {string} name @param {string} type @param {string} text */
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
