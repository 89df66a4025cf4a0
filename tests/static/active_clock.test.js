import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ActiveClock, IDLE_MS } from '../../static/app/core/active_clock.js';

function world() {
  let now = 1000;
  const clock = new ActiveClock(() => now);
  return {
    clock,
    after: (ms) => {
      now += ms;
      clock.touch();
      return clock.now();
    },
    wait: (ms) => {
      now += ms;
      return clock.now();
    },
  };
}

test('work counts as it goes', () => {
  const { after } = world();
  assert.equal(after(400), 400);
  assert.equal(after(IDLE_MS), 400 + IDLE_MS);
});

test('a pause of more than half a minute does not count at all', () => {
  const { after } = world();
  after(5000);
  assert.equal(after(IDLE_MS + 1), 5000);
  assert.equal(after(700), 5700);
});

test('looking in the middle of a pause changes nothing', () => {
  const { clock, after, wait } = world();
  after(1000);
  assert.equal(wait(20_000), 21_000);
  assert.equal(wait(20_000), 1000);
  clock.touch();
  assert.equal(clock.now(), 1000);
});
