// A table that renders only the rows in sight, so that thousands stay smooth. Rows have one height.
import { Component, html, useEffect, useLayoutEffect, useRef, useState } from './vendor/preact.js';

const ROW = 32;
const AROUND = 8;
/** Rows come and go by so many at once. */
const BLOCK = 4;

/** The table that j, k and Enter work on. @type {{move: (by: number) => void, open: () => void} | null} */
let keyboardTable = null;

/** @param {number} by */
export const moveRow = by => keyboardTable?.move(by);
export const openRow = () => keyboardTable?.open();

/**
 * @template R
 * @param {{
 *   name: string,
 *   columns: Column<R>[],
 *   rows: R[],
 *   keyOf: (row: R, index: number) => string,
 *   sort?: string,
 *   onSort?: (sort: string) => void,
 *   onOpen?: (row: R) => void,
 *   attributes?: (row: R) => Record<string, unknown>,
 *   empty?: import('./vendor/preact.js').Child,
 *   keys?: boolean,
 *   fill?: boolean,
 * }} props `sort`: a column's name, with - in front when falling; `keys`: j, k and Enter work on it; `fill`: as high as its place
 */
export function Table({ name, columns, rows, keyOf, sort = '', onSort, onOpen, attributes, empty, keys, fill }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [block, setBlock] = useState(0);
  const [height, setHeight] = useState(600);
  const [at, setAt] = useState('');
  const current = rows.findIndex((row, i) => keyOf(row, i) === at);
  const live = useRef({ rows, current, keyOf, onOpen });
  live.current = { rows, current, keyOf, onOpen };

  useLayoutEffect(() => {
    const element = /** @type {HTMLElement} */ (box.current);
    const measure = () => setHeight(element.clientHeight || 600);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!keys) return;
    const own = {
      /** @param {number} by */
      move(by) {
        const { rows, current, keyOf } = live.current;
        if (!rows.length) return;
        const next = Math.max(0, Math.min(rows.length - 1, current < 0 ? (by > 0 ? 0 : rows.length - 1) : current + by));
        setAt(keyOf(rows[next], next));
        const element = box.current;
        if (!element) return;
        const y = next * ROW;
        if (y < element.scrollTop) element.scrollTop = y;
        else if (y + 2 * ROW > element.scrollTop + element.clientHeight - ROW) element.scrollTop = y + 3 * ROW - element.clientHeight;
        element.scrollIntoView({ block: 'nearest' });
      },
      open() {
        const { rows, current, onOpen } = live.current;
        if (current >= 0) onOpen?.(rows[current]);
      },
    };
    keyboardTable = own;
    return () => {
      if (keyboardTable === own) keyboardTable = null;
    };
  }, [keys]);

  const first = Math.max(0, block * BLOCK - AROUND);
  const last = Math.min(rows.length, (block + 1) * BLOCK + Math.ceil(height / ROW) + AROUND);
  const visible = rows.slice(first, last);

  return html`<div class=${'table-box' + (fill ? ' fill' : '')} ref=${box} tabindex="0" role="region" aria-label=${name} onScroll=${(/** @type {Event} */ e) => setBlock(Math.floor(/** @type {HTMLElement} */ (e.currentTarget).scrollTop / (ROW * BLOCK)))}>
    <table aria-rowcount=${rows.length + 1} class=${onOpen ? 'opens' : ''}>
      <caption class="spoken">${name}</caption>
      <thead><tr>${columns.map(column => head(column, sort, onSort))}</tr></thead>
      <tbody>
        ${first > 0 && html`<tr class="space" aria-hidden="true" key="before"><td colspan=${columns.length} style=${{ height: first * ROW + 'px' }}></td></tr>`}
        ${visible.map((row, i) => html`<${Row} key=${keyOf(row, first + i)} row=${row} index=${first + i} current=${first + i === current} columns=${columns} attributes=${attributes} live=${live} />`)}
        ${last < rows.length && html`<tr class="space" aria-hidden="true" key="after"><td colspan=${columns.length} style=${{ height: (rows.length - last) * ROW + 'px' }}></td></tr>`}
      </tbody>
    </table>
    ${!rows.length && empty && html`<p class="nothing">${empty}</p>`}
  </div>`;
}

/**
 * A row, rendered anew only when its own content has changed: scrolling moves most of them as they are.
 * @template R
 * @typedef {{row: R, index: number, current: boolean, columns: Column<R>[], attributes?: (row: R) => Record<string, unknown>, live: {current: {onOpen?: (row: R) => void}}}} RowProps
 */

/** @extends {Component<RowProps<any>>} */
class Row extends Component {
  /** @param {RowProps<any>} next */
  shouldComponentUpdate(next) {
    const { row, index, current, columns } = this.props;
    return next.row !== row || next.index !== index || next.current !== current || next.columns !== columns;
  }

  render() {
    const { row, index, current, columns, attributes, live } = this.props;
    return html`<tr aria-rowindex=${index + 2} class=${current ? 'current' : ''} aria-current=${current ? 'true' : undefined}
      onClick=${(/** @type {MouseEvent} */ e) => opens(e) && live.current.onOpen?.(row)} ...${attributes?.(row)}>
      ${columns.map(column => cell(column, row))}
    </tr>`;
  }
}

/** Whether a click on a row opens it: not while text is selected, and links do it themselves. @param {MouseEvent} event */
function opens(event) {
  return !/** @type {Element} */ (event.target).closest('a, button') && !String(getSelection());
}

/** @template R @param {Column<R>} column @param {string} sort @param {((sort: string) => void) | undefined} onSort */
function head(column, sort, onSort) {
  const falling = sort === '-' + column.name;
  const rising = sort === column.name;
  const classes = (column.numeric ? 'numeric' : '') + (column.minor ? ' minor' : '') + ' c-' + column.name;
  if (!onSort || column.sortable === false) return html`<th scope="col" class=${classes} title=${column.hint}>${column.title}</th>`;
  const next = falling ? column.name : rising || column.numeric ? '-' + column.name : column.name;
  return html`<th scope="col" class=${classes} aria-sort=${falling ? 'descending' : rising ? 'ascending' : 'none'} title=${column.hint}>
    <button type="button" onClick=${() => onSort(next)}>${column.title}<span class="arrow" aria-hidden="true">${falling ? '↓' : rising ? '↑' : ''}</span></button>
  </th>`;
}

/** @template R @param {Column<R>} column @param {R} row */
function cell(column, row) {
  const value = column.value?.(row);
  const classes = (column.numeric ? 'numeric' : '') + (column.minor ? ' minor' : '') + ' c-' + column.name;
  return html`<td class=${classes} data-field=${column.name} data-value=${column.numeric ? value ?? '' : undefined}>${column.cell(row)}</td>`;
}

/**
 * Sorted by a column; what is not known comes last either way.
 * @template R
 * @param {R[]} rows
 * @param {Column<R>[]} columns
 * @param {string} sort
 */
export function sorted(rows, columns, sort) {
  const falling = sort.startsWith('-');
  const value = columns.find(column => column.name === sort.replace(/^-/, ''))?.value;
  if (!value) return rows;
  return rows.map(row => ({ row, key: value(row) })).sort((a, b) => {
    if (a.key == null || b.key == null) return Number(a.key == null) - Number(b.key == null);
    const order = typeof a.key === 'string' ? a.key.localeCompare(String(b.key)) : a.key - Number(b.key);
    return falling ? -order : order;
  }).map(({ row }) => row);
}
