// What all frames say together: a full frame begins anew, each further one brings what changed.

const KEPT = 100;
/** What this page asks for itself, behind whatever path. */
const OWN = /\/(metrics|health)(\/[a-z]+)?$/;

/**
 * @param {Live | null} before
 * @param {Frame} frame
 * @returns {Live}
 */
export function merge(before, frame) {
  const known = frame.full || !before ? null : before;
  const at = Date.parse(frame.timestamp);
  const sliceMs = frame.window.slice_seconds * 1000;
  const oldest = at - frame.window.seconds * 1000 - sliceMs;

  const slices = new Map(known?.slices);
  for (const slice of frame.slices ?? []) slices.set(Date.parse(slice.timestamp), slice);
  for (const begin of slices.keys()) if (begin + sliceMs <= oldest) slices.delete(begin);

  // One whose last request has left the window is sent once more, with none.
  const endpoints = new Map(known?.endpoints);
  for (const figures of frame.endpoints ?? []) {
    if (figures.requests > 0) endpoints.set(figures.endpoint, figures);
    else endpoints.delete(figures.endpoint);
  }

  return {
    frame,
    slices,
    endpoints,
    silent: isSilent(known, frame, endpoints),
    slow: [...(frame.slow ?? []), ...(known?.slow ?? [])].slice(0, KEPT),
    alerts: [...(frame.alerts ?? []), ...(known?.alerts ?? [])].slice(0, KEPT),
    health: mergeHealth(known?.health ?? null, frame.health),
    ledger: frame.ledger ?? known?.ledger ?? null,
  };
}

/** Whether nobody but this page has asked the service yet. @param {Live | null} known @param {Frame} frame @param {Live['endpoints']} endpoints */
function isSilent(known, frame, endpoints) {
  let own = 0;
  for (const figures of endpoints.values()) {
    if (!OWN.test(figures.endpoint)) return false;
    own += figures.requests;
  }
  return known?.silent || own >= frame.total_requests;
}

/** @param {Health | null} before @param {Health | undefined} change @returns {Health | null} */
function mergeHealth(before, change) {
  if (!change) return before;
  return { ...before, ...change, checks: { ...before?.checks, ...change.checks } };
}
