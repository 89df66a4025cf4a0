import assert from 'node:assert/strict';

/**
 * What a test needs to be there; without it the test fails here.
 * @template T @param {T | null | undefined} value @returns {T}
 */
export function there(value) {
  assert.ok(value !== null && value !== undefined, 'it is not there');
  return value;
}
