import assert from 'node:assert/strict';
import test from 'node:test';
import { formats } from './formats.ts';
import { recognise } from './recognise.ts';

/** Hand-made after the tools' manual pages and kernel sources, but for what names a place in a recording. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  nexthops: [
    'id 11 via 192.168.56.12 dev eth0 scope link \nid 20 group 11/12 \n',
    '[{"id":20,"group":[{"id":11},{"id":12}],"flags":[]}]\n',
  ],
  nsswitch: ['hosts:          files dns\n', '# a comment\npasswd: files\nhosts: files resolve [!UNAVAIL=return] dns\n'],
  ipset: [
    'create blocked hash:net family inet hashsize 1024 maxelem 65536\nadd blocked 203.0.113.0/24\n',
    'Name: blocked\nType: hash:net\nRevision: 7\n',
  ],
};

for (const [id, texts] of Object.entries(KEPT)) {
  test(`${id} is recognised by its content, and kept`, () => {
    for (const text of texts) assert.equal(recognise(text, formats)?.id, id, text);
  });
}

test('an empty text or a number is a format only by its command', () => {
  assert.equal(recognise('', formats), undefined);
  assert.equal(recognise('84\n', formats), undefined);
  assert.equal(recognise('84\n', formats, 'conntrack -C')?.id, 'conntrack-count');
  assert.equal(recognise('', formats, 'nsenter --net=/run/netns/a ip6tables-save -c')?.id, 'iptables-save');
  assert.equal(recognise('hello there\n', formats, 'ip route show'), undefined);
});

test('every format says which kinds of fact a failed run of its command leaves untold', () => {
  assert.deepEqual(
    formats.filter(({ tells }) => tells === undefined).map(({ id }) => id),
    [],
  );
});
