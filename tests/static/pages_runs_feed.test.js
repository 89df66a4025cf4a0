import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRunsFeed } from '../../static/app/pages/runs_feed.js';

const run = (id, state, progress = 0) => ({ id, state, progress, message: '', error: '' });
const settled = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** EventSource in the test's hand. */
class FakeSource extends EventTarget {
  static made = [];
  readyState = 1;
  constructor() {
    super();
    FakeSource.made.push(this);
  }
  say(data) {
    this.dispatchEvent(Object.assign(new Event('run'), { data: JSON.stringify(data) }));
  }
  fail(readyState) {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
  close() {
    this.readyState = 2;
  }
}

function start(list) {
  FakeSource.made = [];
  const seen = [];
  const timers = [];
  const feed = createRunsFeed({
    stream: '/events',
    list,
    onRun: (r) => seen.push(`${r.id} ${r.state} ${r.progress}`),
    Source: /** @type {any} */ (FakeSource),
    after: (f, ms) => timers.push({ f, ms }),
  });
  return {
    feed,
    seen,
    timers,
    get source() {
      return FakeSource.made.at(-1);
    },
  };
}

test('tells the runs there are, oldest first, then each change once', async () => {
  const world = start(async () => [run('b', 'queued'), run('a', 'running', 0.5)]);
  await settled();
  world.source.say(run('b', 'running', 0.1));
  world.source.say(run('b', 'running', 0.1));
  assert.deepEqual(world.seen, ['a running 0.5', 'b queued 0', 'b running 0.1']);
});

test('leaves a stream that only paused to the browser', async () => {
  const world = start(async () => []);
  await settled();
  world.source.fail(0);
  assert.equal(world.timers.length, 0);
});

test('polls when the stream is refused, and tries the stream again later', async () => {
  let answer = [];
  const world = start(async () => answer);
  await settled();
  answer = [run('a', 'succeeded', 1)];
  world.source.fail(2);
  await settled();
  assert.deepEqual(world.seen, ['a succeeded 1']);
  const [again, poll] = world.timers.sort((x, y) => y.ms - x.ms);
  answer = [run('a', 'succeeded', 1), run('c', 'queued')];
  poll.f();
  await settled();
  assert.deepEqual(world.seen.slice(1), ['c queued 0']);
  again.f();
  assert.equal(FakeSource.made.length, 2);
});

test('a list that cannot be fetched is no news, and stop is final', async () => {
  const world = start(async () => {
    throw new Error('no network');
  });
  await settled();
  world.feed.stop();
  assert.deepEqual(world.seen, []);
  assert.equal(world.source.readyState, 2);
});

test('looks again at a run that waits, for why it waits changes without it', async () => {
  /** @type {object | null} */
  let waits = null;
  let looks = 0;
  const world = start(async () => {
    looks += 1;
    return [{ ...run('a', looks < 4 ? 'queued' : 'running'), waits }];
  });
  await settled();
  assert.equal(world.timers.length, 1);
  waits = { reason: 'no_worker', message: 'No worker is running.', ahead: 0, running: [] };
  for (let look = 2; look <= 4; look += 1) {
    world.timers.at(-1).f();
    await settled();
    assert.equal(looks, look);
  }
  // The first look, the reason, and the start; the same reason is told once.
  assert.deepEqual(world.seen, ['a queued 0', 'a queued 0', 'a running 0']);
  assert.equal(world.timers.length, 3, 'nothing waits any more');
});
