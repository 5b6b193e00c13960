// Asks the API. Every answer keeps its address and its body as received, for the export of the panel that shows it.
import { useEffect, useRef, useState } from './vendor/preact.js';

/** The page is at …/metrics/dashboard, the API beside it. */
export const ROOT = new URL('.', document.baseURI);

/** A service that did not answer, or could not just then, is asked again so long after. */
const RETRY_MS = 5000;

/**
 * The address of a route of the API, relative to /metrics/.
 * @param {string} route
 * @param {Record<string, string | number | undefined | null>} [parameters] those that are empty are left out
 */
export function address(route, parameters = {}) {
  const url = new URL(route, ROOT);
  const query = Object.entries(parameters)
    .filter(([, value]) => value != null && value !== '')
    .map(([name, value]) => name + '=' + encodeURIComponent(String(value)).replaceAll('%2F', '/').replaceAll('%3A', ':'));
  url.search = query.join('&');
  return url.href;
}

/** An answer that is not one: what the server said, or that it said nothing. */
export class ProblemError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/**
 * @template T
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer<T>>}
 */
export async function get(url, signal) {
  let response;
  let text;
  try {
    response = await fetch(url, { headers: { Accept: 'application/json' }, cache: 'no-store', signal });
    text = await response.text();
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new ProblemError({ status: 0, title: 'No answer', detail: 'The service does not answer at ' + new URL(url).pathname + '.' });
  }
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    data = null;
  }
  // /health answers 503 with a body of its own when the service is down.
  if (!response.ok && !(response.status === 503 && data?.checks)) {
    throw new ProblemError({
      status: response.status,
      title: String(data?.title ?? 'The server answered ' + response.status),
      detail: String(data?.detail ?? ''),
    });
  }
  if (data == null) throw new ProblemError({ status: response.status, title: 'Not JSON', detail: 'What came from ' + new URL(url).pathname + ' is not JSON.' });
  return { url, text, data };
}

/**
 * The answer at an address, asked anew whenever that changes, and after a while when there was none. The last one stays until the next
 * has come, so that nothing flickers; it is let go when the topic changes.
 * @template T
 * @param {string | null} url null: not asked
 * @param {string} [topic]
 * @param {number} [round] asked anew, too, whenever this changes
 * @returns {Loaded<T>}
 */
export function useAnswer(url, topic = '', round = 0) {
  const [loaded, setLoaded] = useState(/** @type {Loaded<T> & {topic: string}} */ ({ answer: null, problem: null, topic }));
  const current = useRef(topic);
  current.current = topic;
  useEffect(() => {
    if (url == null) return;
    const abort = new AbortController();
    let retry = 0;
    const ask = () => get(url, abort.signal).then(
      answer => setLoaded({ answer: /** @type {Answer<T>} */ (answer), problem: null, topic }),
      failure => {
        if (abort.signal.aborted) return;
        const problem = failure instanceof ProblemError ? failure.problem : { status: 0, title: 'Fault of the page', detail: String(failure) };
        setLoaded(previous => ({ answer: previous.topic === topic ? previous.answer : null, problem, topic }));
        if (failure instanceof ProblemError && [0, 503].includes(problem.status)) retry = setTimeout(ask, RETRY_MS);
      });
    ask();
    return () => {
      clearTimeout(retry);
      abort.abort();
    };
  }, [url, round]);
  return loaded.topic === topic && url != null ? loaded : { answer: null, problem: null };
}

/** The present, renewed at a pace; 0: only when the inputs change. @param {number} paceMs @param {readonly unknown[]} inputs @returns {number} */
export function useNow(paceMs, inputs) {
  const [tick, setTick] = useState(0);
  const now = useRef(Date.now());
  const key = JSON.stringify([tick, ...inputs]);
  const seen = useRef(key);
  if (seen.current !== key) {
    seen.current = key;
    now.current = Date.now();
  }
  useEffect(() => {
    if (!paceMs) return;
    const timer = setInterval(() => setTick(previous => previous + 1), paceMs);
    return () => clearInterval(timer);
  }, [paceMs, ...inputs]);
  return now.current;
}
