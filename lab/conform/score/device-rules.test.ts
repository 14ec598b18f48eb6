import assert from 'node:assert/strict';
import test from 'node:test';
import { deviceRules } from './device-rules.ts';

test('a device belongs to the namespace that it was made for, and is called by its kind and mode', () => {
  const lines = [
    'ip link add link u0 name e0 address 02:00:00:00:04:02 netns @a type macvlan mode vepa',
    'ip link add link u0 name e0 netns @b type ipvlan mode l3 private',
    'ip link add bond0 type bond mode active-backup miimon 100',
    'ip link add e0 type veth peer name p2 netns @s',
    'bridge vlan add dev p2 vid 20 pvid untagged',
  ];
  assert.deepEqual(
    deviceRules({ lines: lines.map((run) => ({ in: 'n', run })) }).map((rule) => [rule.in, rule.by.join()]),
    [
      ['a', 'link/macvlan-vepa'],
      ['b', 'link/ipvlan-l3-private'],
      ['n', 'link/bond'],
      ['n', 'link/vlan-filtering'],
    ],
  );
});
