import assert from 'node:assert/strict';
import test from 'node:test';
import { byKey, parseRecorded, recordedText } from '#testing/recorded-tools';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import bridgeVlan from './bridge-vlan.ts';

test('bridge vlan is recognised', () => {
  assert.equal(recognise(recordedText('debian-12', 'bridge-vlan-show'), formats)?.id, 'bridge-vlan');
});

test('the VLANs of each port are the same in all forms, ranges too', () => {
  const vlans = (name: string): readonly string[] => {
    const parsed = parseRecorded(bridgeVlan, 'guest/debian-12', name);
    assert.deepEqual(parsed.problems, [], name);
    const each = [...byKey(parsed, 'bridge-vlan', ({ dev, first }) => `${dev} ${first}`).values()];
    return each
      .flatMap(({ dev, first, last, pvid, untagged }) =>
        Array.from({ length: last - first + 1 }, (_, at) => `${dev} ${first + at}${pvid ? ' pvid' : ''}${untagged ? ' untagged' : ''}`),
      )
      .sort();
  };
  const wanted = vlans('bridge-vlan-show');
  assert.deepEqual(
    wanted.filter((one) => /^port[12] /.test(one)),
    ['port1 10 pvid untagged', 'port2 1 pvid untagged', ...['10', '20', '21', '22', '23', '24'].map((vid) => `port2 ${vid}`)],
  );
  for (const name of ['bridge-d-vlan-show', 'bridge-j-vlan-show', 'bridge-d-s-j-vlan-show', 'bridge-s-vlan-show'])
    assert.deepEqual(vlans(name), wanted, name);
});
