// The frame around a report: its title, its tools, what went wrong with it.
import { html, useState } from './vendor/preact.js';
import { ExportMenu } from './export.js';
import { Icon } from './icon.js';

/**
 * @param {{
 *   id: string,
 *   title: import('./vendor/preact.js').Child,
 *   hint?: string,
 *   source?: import('./export.js').Source | null,
 *   problem?: Problem | null,
 *   tools?: import('./vendor/preact.js').Child,
 *   table?: () => import('./vendor/preact.js').Child,
 *   stale?: boolean,
 *   children?: import('./vendor/preact.js').Child,
 * }} props `table`: the same figures as a table
 */
export function Panel({ id, title, hint, source, problem, tools, table, stale, children }) {
  const [asTable, setAsTable] = useState(false);
  return html`<section class=${'panel panel-' + id + (stale ? ' stale' : '')} data-testid=${id} aria-labelledby=${'title-' + id}>
    <header class="panel-head">
      <h2 id=${'title-' + id} tabindex="-1">${title}</h2>
      ${hint && html`<span class="hint">${hint}</span>`}
      <span class="tools">
        ${tools}
        ${table && html`<button type="button" class="quiet" aria-pressed=${asTable} aria-label=${'Show ' + id + ' as a table'} title="Chart or table" onClick=${() => setAsTable(!asTable)}><${Icon} name=${asTable ? 'chart' : 'table'} /></button>`}
        ${source && html`<${ExportMenu} source=${source} />`}
      </span>
    </header>
    ${problem && html`<${ProblemNote} problem=${problem} />`}
    ${table && asTable ? table() : children}
  </section>`;
}

/** @param {{problem: Problem}} props */
export function ProblemNote({ problem }) {
  const refused = problem.status === 401 || problem.status === 403;
  return html`<div class="problem" role="alert">
    <strong>${problem.status ? problem.status + ' ' : ''}${problem.title}</strong> ${problem.detail}
    ${refused && html` <button type="button" onClick=${() => location.reload()}>Reload</button>`}
  </div>`;
}

/** A line of a legend: the line's look, its name, its value under the cursor. @param {{look: string, name: string, value: string}} props */
export function Key({ look, name, value }) {
  return html`<span class="key"><svg class=${'key-line ' + look} width="18" height="6" aria-hidden="true"><line x1="0" y1="3" x2="18" y2="3" /></svg>${name} <b>${value}</b></span>`;
}
