import assert from 'node:assert/strict';
import test from 'node:test';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import ipvsadm from './ipvsadm.ts';

/** Hand-made after ipvsadm(8) and its source (ipvsadm.c print_service_entry). */
const RULES = `-A -t 10.96.0.1:443 -s rr
-A -u [fd00:96::10]:53 -s sh -p 10800 -o
-A -f 7 -6 -s wrr
-a -t 10.96.0.1:443 -r 192.0.2.1:6443 -m -w 1
-a -t 10.96.0.1:443 -r 192.0.2.2:6443 -g -w 0
-a -u [fd00:96::10]:53 -r [fd00:1::2]:53 -m -w 3
`;
const LIST = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.96.0.1:443 rr
  -> 192.0.2.1:6443               Masq    1      2          5
UDP  [fd00:96::10]:53 sh ops persistent 10800
  -> [fd00:1::2]:53               Masq    3      0          0
FWM  7 IPv6 wrr
`;

const parsed = (text: string) => {
  const { readings, problems } = ipvsadm.parse({
    file: 'x',
    scope: { node: 'a', netns: '' },
    argv: [],
    exit: 0,
    look: 1,
    text,
    clock: undefined,
  });
  return { facts: readings.flatMap((one) => (one.kind === 'ipvs-service' ? one.facts : [])), problems };
};

test('rules and lists of the same virtual servers are read alike', () => {
  const [rules, list] = [parsed(RULES), parsed(LIST)];
  assert.deepEqual([...rules.problems, ...list.problems], []);
  for (const { facts } of [rules, list]) {
    assert.deepEqual(
      facts.map(({ match, scheduler, persistentSeconds, perPacket }) => [match, scheduler, persistentSeconds, perPacket]),
      [
        [{ by: 'address', protocol: 'tcp', address: '10.96.0.1', port: 443 }, 'rr', null, false],
        [{ by: 'address', protocol: 'udp', address: 'fd00:96::10', port: 53 }, 'sh', 10800, true],
        [{ by: 'mark', mark: 7, family: 6 }, 'wrr', null, false],
      ],
    );
  }
  assert.deepEqual(rules.facts[0]?.servers, [
    { address: '192.0.2.1', port: 6443, forward: 'masq', weight: 1, active: undefined, inactive: undefined },
    { address: '192.0.2.2', port: 6443, forward: 'route', weight: 0, active: undefined, inactive: undefined },
  ]);
  assert.deepEqual(list.facts[0]?.servers, [{ address: '192.0.2.1', port: 6443, forward: 'masq', weight: 1, active: 2, inactive: 5 }]);
});

test('a real server of no virtual one, and what is no rule, are problems', () => {
  assert.deepEqual(
    parsed('-a -t 10.0.0.1:1 -r 10.0.0.2:1 -m -w 1\n-A -t nonsense -s rr\nTCP  what rr\n').problems.map(({ line }) => line),
    [1, 2, 3],
  );
  const inherited = 'constructor  10.96.0.10:53 rr\nTCP  10.96.0.10:53 rr\n  -> 10.7.10.21:53  valueOf  1  0  0\n';
  assert.deepEqual(
    parsed(inherited).problems.map(({ line }) => line),
    [1, 3],
  );
});

test('both forms are recognised', () => {
  for (const text of [RULES, LIST]) assert.equal(recognise(text, formats)?.id, 'ipvsadm');
});

test('servers behind a virtual one that was not understood are nobody else’s, and one that lacks a server is not told', () => {
  const lost = parsed(LIST.replace('UDP  [fd00', 'UDP  §[fd00'));
  assert.deepEqual(
    lost.facts.map(({ servers }) => servers.map(({ address }) => address)),
    [['192.0.2.1'], []],
  );
  assert.equal(lost.problems.length, 2);
  const lacking = parsed(LIST.replace('-> 192.0.2.1', '-> §192.0.2.1'));
  assert.deepEqual(
    lacking.facts.map(({ scheduler }) => scheduler),
    ['sh', 'wrr'],
  );
});
