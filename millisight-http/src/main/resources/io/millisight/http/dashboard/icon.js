// The few signs on buttons, drawn: fonts do not all have them.
import { html } from './vendor/preact.js';

/** @type {Record<string, string>} */
const PATHS = {
  export: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 6.5v6',
  chart: 'M2.5 2.5v11h11M5 10l3-3.5 2 2L13.5 4',
  close: 'M4 4l8 8M12 4l-8 8',
  back: 'M13 8H3.5M7 4 3 8l4 4',
  system: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  light: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  dark: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5',
  help: 'M6 6a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.5v.5',
};

/** @param {{name: string}} props */
export function Icon({ name }) {
  return html`<svg class=${'icon icon-' + name} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}
