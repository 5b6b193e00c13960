// What is shown before the first request: how to send one, and what will happen then.
import { html, useState } from './vendor/preact.js';

/** @param {{go: (change: Partial<View>) => void}} props */
export function Empty({ go }) {
  const [copied, setCopied] = useState(false);
  const command = 'curl ' + location.origin + '/';
  const copy = () => navigator.clipboard?.writeText(command).then(() => {
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  });
  return html`<section class="panel empty" data-testid="empty" aria-labelledby="title-empty">
    <svg class="empty-mark" viewBox="0 0 120 48" aria-hidden="true"><path d="M4 40 H40 L48 40 L56 10 L64 44 L70 28 L76 40 H116" /></svg>
    <h2 id="title-empty">Waiting for the first request</h2>
    <p>Everything is connected. Send a request to this service, and it is here within two seconds: the rate rises, the heatmap gets its first cell, and the endpoint gets its row.</p>
    <div class="curl"><code>${command}</code><button type="button" onClick=${copy}>${copied ? 'Copied' : 'Copy'}</button></div>
    <p class="quiet-figure">Any path will do, also one that answers 404. What was stored before this start is in the longer ranges:${' '}<button type="button" class="link" onClick=${() => go({ range: '24h' })}>the last 24 hours</button>.</p>
  </section>`;
}
