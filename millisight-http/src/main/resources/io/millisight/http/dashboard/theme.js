// Light, dark, or as the system has it. Runs before the first paint, and again when the theme is changed.
import { recall, remember } from './memory.js';

const THEMES = /** @type {const} */ (['system', 'light', 'dark']);

/** @typedef {typeof THEMES[number]} Theme */

/** @type {Theme} */
let chosen = THEMES.find(known => known === recall('theme')) ?? 'system';

/** @returns {Theme} */
export function theme() {
  return chosen;
}

/** The next of system, light and dark. @returns {Theme} */
export function nextTheme() {
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
  chosen = next;
  remember('theme', next);
  apply();
  return next;
}

/** @type {Map<string, string>} */
let colours = new Map();

/** The value of a colour of the theme, for canvases. @param {string} name as in dashboard.css */
export function colour(name) {
  let value = colours.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    colours.set(name, value);
  }
  return value;
}

/** @param {() => void} listener @returns {() => void} stops it */
export function onThemeChange(listener) {
  document.addEventListener('themechange', listener);
  return () => document.removeEventListener('themechange', listener);
}

const system = matchMedia('(prefers-color-scheme: dark)');

function apply() {
  document.documentElement.dataset.theme = chosen === 'system' ? (system.matches ? 'dark' : 'light') : chosen;
  colours = new Map();
  document.dispatchEvent(new Event('themechange'));
}

system.addEventListener('change', apply);
apply();
