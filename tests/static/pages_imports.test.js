import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, { document: { body: { dataset: {} }, cookie: '' } });
const { choiceOf, optionOf } = await import('../../static/app/pages/import_mapping.js');
const { told } = await import('../../static/app/pages/import_report.js');

test('a choice survives its way into the table and out of it', () => {
  for (const choice of [{ to: 'label', label: 'a-b' }, { to: 'none' }, { to: 'skip' }])
    assert.deepEqual(choiceOf(optionOf(choice), 'typed'), choice);
  assert.deepEqual(choiceOf(optionOf({ to: 'new' }), ' vessel '), { to: 'new', name: 'vessel' });
});

test('what was made is told in words, without what was not', () => {
  assert.equal(told({ image: 2, annotation: 1, suggestion: 0, label: 0 }), '2 images, 1 object');
  assert.equal(told({ image: 0, annotation: 0, suggestion: 0, label: 0 }), '');
});
