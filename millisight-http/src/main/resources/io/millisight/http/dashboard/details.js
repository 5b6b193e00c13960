// All of one thing, in full: a dialog of names and values.
import { html, useEffect, useRef } from './vendor/preact.js';
import { Icon } from './icon.js';

/** @param {{title: string, of: object, onClose: () => void, more?: import('./vendor/preact.js').Child}} props */
export function Details({ title, of, onClose, more }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog.current?.showModal();
    return () => before?.focus?.();
  }, []);
  return html`<dialog ref=${dialog} class="details" aria-label=${title} data-testid="details" onClose=${onClose}
    onClick=${(/** @type {MouseEvent} */ e) => e.target === dialog.current && dialog.current?.close()}>
    <div class="dialog-body">
      <header><h2>${title}</h2><button type="button" class="quiet" aria-label="Close" onClick=${() => dialog.current?.close()}><${Icon} name="close" /></button></header>
      <dl>${Object.entries(of).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="full">${text(value)}</dd></div>`)}</dl>
      ${more}
    </div>
  </dialog>`;
}

/** @param {unknown} value */
function text(value) {
  if (value == null) return '–';
  return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value);
}
