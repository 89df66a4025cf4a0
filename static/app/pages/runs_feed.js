/** Live news of a project's runs: server-sent events, and polling while those do not get through. */
/** @import {Run} from '../types.js' */

const CLOSED = 2;
const POLL_MS = 3000;
const RETRY_STREAM_MS = 30_000;
/** What a run waits for changes without the run: it is looked at anew while one waits. */
const WAITING_MS = 6000;

/**
 * @param {object} options
 * @param {string} options.stream address of the events
 * @param {() => Promise<Run[]>} options.list the newest runs
 * @param {(run: Run) => void} options.onRun called for every run that is new or changed
 * @param {typeof EventSource} [options.Source]
 * @param {(run: () => void, ms: number) => unknown} [options.after] a timer; replaced in tests
 */
export function createRunsFeed({
  stream,
  list,
  onRun,
  Source = EventSource,
  after = (run, ms) => setTimeout(run, ms),
}) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  /** @type {EventSource | null} */
  let source = null;
  /** @type {Set<string>} */
  const queued = new Set();
  let polling = false;
  let looking = false;
  let stopped = false;

  /** @param {Run} run */
  function take(run) {
    if (run.state === 'queued') queued.add(run.id);
    else queued.delete(run.id);
    lookLater();
    const mark = JSON.stringify([run.state, run.progress, run.message, run.error, run.waits]);
    if (seen.get(run.id) === mark) return;
    seen.set(run.id, mark);
    onRun(run);
  }

  function lookLater() {
    if (looking || !queued.size) return;
    looking = true;
    after(() => {
      looking = false;
      if (!stopped) void refresh().then(lookLater);
    }, WAITING_MS);
  }

  async function poll() {
    if (stopped || !polling) return;
    await refresh();
    after(() => {
      void poll();
    }, POLL_MS);
  }

  /** One look at the list; without a network the next look tries again. */
  async function refresh() {
    const runs = await list().catch(() => /** @type {Run[]} */ ([]));
    runs.slice().reverse().forEach(take);
  }

  function open() {
    if (stopped) return;
    source = new Source(stream);
    source.addEventListener('open', () => {
      polling = false;
    });
    source.addEventListener('run', (event) => take(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      // The server ends a stream after a while and the browser comes back by itself; only a refusal is final.
      if (source?.readyState !== CLOSED) return;
      if (!polling) {
        polling = true;
        void poll();
      }
      after(open, RETRY_STREAM_MS);
    });
  }

  void refresh();
  open();
  return {
    refresh,
    stop() {
      stopped = true;
      source?.close();
    },
  };
}
