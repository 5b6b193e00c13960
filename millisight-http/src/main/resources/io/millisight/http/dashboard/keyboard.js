// One-letter commands, anywhere but where one types.
import { moveRow, openRow } from './table.js';

/**
 * @typedef {object} Commands
 * @property {() => void} theme
 * @property {() => void} help
 * @property {() => void} back
 * @property {() => void} compare
 * @property {(index: number) => void} range
 * @property {(panel: string) => void} panel
 */

/** @type {Record<string, string>} */
const PAGES = { o: 'overview', s: 'slow', a: 'alerts', h: 'health', i: 'instances' };

/** @param {Commands} commands */
export function listen(commands) {
  let going = false;
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest('dialog')) return;
    if (target.closest('input:not([type=checkbox]), select, textarea')) {
      if (event.key === 'Escape' || (event.key === 'Enter' && target.id === 'filter')) target.blur();
      return;
    }
    const page = going ? PAGES[event.key] : undefined;
    going = event.key === 'g';
    if (page) commands.panel(page);
    else if (/^[1-7]$/.test(event.key)) commands.range(Number(event.key) - 1);
    else {
      switch (event.key) {
        case '/': document.getElementById('filter')?.focus(); break;
        case 'j': moveRow(1); break;
        case 'k': moveRow(-1); break;
        // Enter belongs to what has the focus, where that does something by itself.
        case 'Enter': if (target.closest('a, button, summary, .chart')) return; openRow(); break;
        case 'Escape': commands.back(); break;
        case 't': commands.theme(); break;
        case 'c': commands.compare(); break;
        case '?': commands.help(); break;
        default: return;
      }
    }
    event.preventDefault();
  });
}
