// What this browser remembers of the page, where it may: with storage blocked the page works as on the first visit.

/** @param {string} name @returns {string | null} */
export function recall(name) {
  try {
    return localStorage.getItem('millisight.' + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem('millisight.' + name, value);
  } catch {
    // Not remembered, then.
  }
}
