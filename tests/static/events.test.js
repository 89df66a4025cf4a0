import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createEmitter } from '../../static/app/core/events.js';

test('a listener hears until it leaves', () => {
  const { on, emit } = createEmitter();
  const heard = [];
  const leave = on((value) => heard.push(value));
  emit(1);
  leave();
  emit(2);
  assert.deepEqual(heard, [1]);
});

test('the same function subscribed twice leaves once per subscription', () => {
  const { on, emit } = createEmitter();
  let count = 0;
  const listener = () => {
    count += 1;
  };
  const leave = on(listener);
  on(listener);
  leave();
  emit(null);
  assert.equal(count, 1);
});

test('a listener that throws does not silence the next, and its error is reported', async () => {
  const { on, emit } = createEmitter();
  const heard = [];
  on(() => {
    throw new Error('broken listener');
  });
  on((value) => heard.push(value));
  const reported = new Promise((resolve) => {
    const saved = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const listener of saved) process.on('uncaughtException', listener);
      resolve(error);
    });
  });
  emit(7);
  assert.deepEqual(heard, [7]);
  assert.match((await reported).message, /broken listener/);
});
