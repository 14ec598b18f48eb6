import assert from 'node:assert/strict';
import test from 'node:test';
import { groupName, hardwareName, protocolName, scopeName } from './iproute2-numbers.ts';

test('a number is told by its name, a name as it stands, and nothing stays nothing', () => {
  assert.deepEqual([scopeName('253'), scopeName('link'), scopeName('17')], ['link', 'link', '17']);
  for (const name of [scopeName, protocolName, hardwareName, groupName]) assert.equal(name(undefined), undefined);
});
