// The live feed: the same frames by WebSocket, by server-sent events, or by polling, whichever gets through. It comes back by
// itself, with a pause that grows, and asks for what it missed.
import { address, get, ProblemError } from './api.js';
import { recall, remember } from './memory.js';

/** @typedef {'websocket' | 'event-stream' | 'polling'} Transport */

const TRANSPORTS = /** @type {Transport[]} */ (['websocket', 'event-stream', 'polling']);
const FIRST_FRAME_MS = 4000;
/** A connection without frames for so long is given up: half-open sockets never say so themselves. */
const SILENCE_MS = 10_000;
const POLL_MS = 1000;
const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
const UTF_8 = new TextDecoder();

export class Feed {
  /** @type {Connection} */
  connection = { state: 'connecting', transport: 'off', since: Date.now(), frameAt: 0, problem: null };
  #after = '';
  #failures = 0;
  #stopped = false;
  /** @type {(() => void) | null} ends the pause between two tries */
  #wake = null;

  /**
   * @param {(frame: Frame) => void} onFrame
   * @param {(connection: Connection) => void} onConnection
   */
  constructor(onFrame, onConnection) {
    this.onFrame = onFrame;
    this.onConnection = onConnection;
    window.addEventListener('online', () => this.#wake?.());
  }

  async run() {
    while (!this.#stopped) {
      for (const transport of this.#order()) {
        const worked = await this.#receive(transport);
        if (this.#stopped) return;
        // One that worked and broke is tried again first: a restart of the service is no reason for a lesser one.
        if (worked) break;
      }
      if (this.connection.state !== 'reconnecting') this.#turn({ state: 'reconnecting', transport: 'off', since: Date.now() });
      const pause = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** Math.min(this.#failures++, 5));
      await this.#sleep(pause * (0.5 + Math.random() / 2));
    }
  }

  /** @returns {Transport[]} */
  #order() {
    const worked = recall('transport');
    return [...TRANSPORTS].sort((a, b) => Number(b === worked) - Number(a === worked));
  }

  /** Receives until the connection ends. @param {Transport} transport @returns {Promise<boolean>} whether a frame came */
  async #receive(transport) {
    let received = false;
    /** @param {Frame} frame */
    const take = frame => {
      if (!received) {
        received = true;
        this.#failures = 0;
        remember('transport', transport);
        this.#turn({ state: 'connected', transport, since: Date.now(), problem: null });
      }
      this.#after = frame.id;
      this.connection.frameAt = Date.now();
      this.onFrame(frame);
    };
    if (transport === 'websocket') await this.#socket(take);
    else if (transport === 'event-stream') await this.#events(take);
    else await this.#poll(take);
    return received;
  }

  /** @param {(frame: Frame) => void} take @returns {Promise<void>} */
  #socket(take) {
    return new Promise(resolve => {
      const url = new URL(this.#url());
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      let socket;
      try {
        socket = new WebSocket(url);
      } catch {
        resolve();
        return;
      }
      socket.binaryType = 'arraybuffer';
      const watch = silence(() => end());
      const end = () => {
        watch.stop();
        socket.onmessage = socket.onclose = socket.onerror = null;
        socket.close();
        resolve();
      };
      socket.onmessage = message => {
        watch.reset();
        take(JSON.parse(UTF_8.decode(message.data)));
      };
      socket.onclose = socket.onerror = end;
    });
  }

  /** @param {(frame: Frame) => void} take @returns {Promise<void>} */
  #events(take) {
    return new Promise(resolve => {
      const source = new EventSource(this.#url());
      const watch = silence(() => end());
      const end = () => {
        watch.stop();
        source.onmessage = source.onerror = null;
        source.close();
        resolve();
      };
      source.onmessage = message => {
        watch.reset();
        take(JSON.parse(message.data));
      };
      // It would reconnect by itself, but without our pauses and our `after`.
      source.onerror = end;
    });
  }

  /** @param {(frame: Frame) => void} take */
  async #poll(take) {
    for (;;) {
      try {
        const { data } = /** @type {Answer<{frames: Frame[], next: string}>} */ (await get(this.#url(), AbortSignal.timeout(FIRST_FRAME_MS)));
        data.frames.forEach(take);
        if (data.next) this.#after = data.next;
      } catch (failure) {
        // Only here can be seen why: neither of the other two shows a status.
        if (failure instanceof ProblemError && (failure.problem.status === 401 || failure.problem.status === 403)) {
          this.#stopped = true;
          this.#turn({ state: 'refused', transport: 'off', since: Date.now(), problem: failure.problem });
        }
        return;
      }
      await this.#sleep(POLL_MS);
    }
  }

  #url() {
    return address('stream', { after: this.#after });
  }

  /** @param {number} ms @returns {Promise<void>} */
  #sleep(ms) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @param {Partial<Connection>} change */
  #turn(change) {
    this.connection = { ...this.connection, ...change };
    this.onConnection(this.connection);
  }
}

/** Calls when nothing came for too long. @param {() => void} onSilence */
function silence(onSilence) {
  let timer = setTimeout(onSilence, FIRST_FRAME_MS);
  return {
    reset() {
      clearTimeout(timer);
      timer = setTimeout(onSilence, SILENCE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
