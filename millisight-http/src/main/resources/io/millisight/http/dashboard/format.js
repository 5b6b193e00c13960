// Figures, times and names as text. What is not known is a dash, never 0.

export const UNKNOWN = '–';

const counts = new Intl.NumberFormat('en-US');

/** @param {Figure | undefined} value @returns {string} */
export function count(value) {
  if (value == null) return UNKNOWN;
  if (Math.abs(value) < 1e6) return counts.format(value);
  const [divisor, unit] = Math.abs(value) < 1e9 ? [1e6, 'M'] : [1e9, 'G'];
  return (value / divisor).toFixed(2) + '\u202f' + unit;
}

/** A count in full, where counts must add up. @param {number} value @returns {string} */
export function exact(value) {
  return counts.format(value);
}

/** Three digits that matter, in ms up to ten seconds, then in seconds. @param {Figure | undefined} value @returns {string} */
export function duration(value) {
  if (value == null) return UNKNOWN;
  return value < 10_000 ? digits(value) + '\u202fms' : digits(value / 1000) + '\u202fs';
}

/** Requests a second. @param {Figure | undefined} value @returns {string} */
export function rate(value) {
  if (value == null) return UNKNOWN;
  return value >= 1000 ? counts.format(Math.round(value)) : digits(value);
}

/** @param {Figure | undefined} value a share from 0 to 1 @returns {string} */
export function share(value) {
  if (value == null) return UNKNOWN;
  const percent = value * 100;
  if (percent === 0 || percent === 100) return percent + '\u202f%';
  return (percent < 0.01 ? '<\u202f0.01' : percent < 10 ? percent.toFixed(2) : percent.toFixed(1)) + '\u202f%';
}

/** @param {number} value */
function digits(value) {
  if (value === 0) return '0';
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : counts.format(Math.round(value));
}

/** @param {number} value */
const two = value => String(value).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Local time of day. @param {number} ms since 1970 @param {boolean} [seconds] */
export function clock(ms, seconds = true) {
  const date = new Date(ms);
  const minutes = two(date.getHours()) + ':' + two(date.getMinutes());
  return seconds ? minutes + ':' + two(date.getSeconds()) : minutes;
}

/** Local day. @param {number} ms since 1970 */
export function day(ms) {
  const date = new Date(ms);
  return MONTHS[date.getMonth()] + '\u00a0' + date.getDate();
}

/** Local time, with the day when it is not today. @param {string | number | null | undefined} instant */
export function moment(instant) {
  if (instant == null) return UNKNOWN;
  const ms = typeof instant === 'number' ? instant : Date.parse(instant);
  if (Number.isNaN(ms)) return String(instant);
  return new Date(ms).toDateString() === new Date().toDateString() ? clock(ms) : day(ms) + ' ' + clock(ms);
}

/** How long, roughly: 12 s, 5 min, 3 h, 2 d. @param {number} seconds */
export function span(seconds) {
  if (seconds < 90) return Math.round(seconds) + '\u202fs';
  if (seconds < 5400) return Math.round(seconds / 60) + '\u202fmin';
  if (seconds < 129_600) return Math.round(seconds / 3600) + '\u202fh';
  return Math.round(seconds / 86_400) + '\u202fd';
}

/** How long ago, or "just now". @param {string | null | undefined} instant @param {number} now */
export function ago(instant, now) {
  if (instant == null) return UNKNOWN;
  const seconds = (now - Date.parse(instant)) / 1000;
  return seconds < 2 ? 'just now' : span(seconds) + ' ago';
}

/**
 * Text from outside, fit to be shown in one line: short enough for the DOM, and with what would hide or turn other text
 * (controls, bidirectional overrides) made visible. The full text belongs into the details.
 * @param {string | null | undefined} text
 * @param {number} [limit]
 */
export function shown(text, limit = 300) {
  if (text == null) return UNKNOWN;
  const head = text.length > limit ? text.slice(0, limit) + '…' : text;
  return head
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, hidden => '\u2039' + hidden.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0') + '\u203a');
}
