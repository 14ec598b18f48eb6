import assert from 'node:assert/strict';
import test from 'node:test';
import type { Format } from '#parsers/format';
import { factsOf, parseText } from '#testing/parse-text';
import nslookup from '../nslookup/nslookup.ts';
import dig from './dig.ts';

const read = (format: Format, text: string, argv: readonly string[] = []) =>
  factsOf(parseText(format, text, { argv }), 'observation').map(({ to, port, outcome }) => [to, port, outcome]);

// hand-made after BIND 9.18, 9.16 and busybox 1.35
test('dig tells the server that answered or did not', () => {
  const answered = `; <<>> DiG 9.18.28 <<>> @10.96.0.10 kubernetes.default.svc.cluster.local.
;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 5
;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)
`;
  assert.deepEqual(read(dig, answered), [['10.96.0.10', 53, 'answered']]);
  assert.deepEqual(
    read(dig, ';; communications error to 10.96.0.10#53: timed out\n;; communications error to 10.96.0.10#53: timed out\n'),
    [['10.96.0.10', 53, 'silent']],
  );
  assert.deepEqual(read(dig, ';; communications error to 10.96.0.10#53: connection refused\n'), [['10.96.0.10', 53, 'refused']]);
  // BIND 9.16 says the same of a server that refuses: recorded, see clients.test.ts
  assert.deepEqual(read(dig, '; <<>> DiG 9.16.50 <<>> @10.96.0.10 a.test\n;; connection timed out; no servers could be reached\n'), []);
  assert.equal(parseText(dig, ';; connection timed out; no servers could be reached\n').problems.length, 1);
});

test('nslookup: a name that is not there is an answer, silence is none', () => {
  assert.deepEqual(read(nslookup, 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tkubernetes.default\nAddress: 10.96.0.1\n'), [
    ['10.96.0.10', 53, 'answered'],
  ]);
  assert.deepEqual(read(nslookup, "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n** server can't find nope.test: NXDOMAIN\n"), [
    ['10.96.0.10', 53, 'answered'],
  ]);
  const gaveUp = ';; connection timed out; no servers could be reached\n';
  assert.deepEqual(read(nslookup, gaveUp, ['nslookup', 'a.test', '10.96.0.10']), []);
  assert.deepEqual(read(nslookup, gaveUp, ['busybox', 'nslookup', 'a.test', '10.96.0.10']), [['10.96.0.10', 53, 'silent']]);
  assert.deepEqual(
    read(
      nslookup,
      'Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\nName:      kubernetes\nAddress 1: 10.96.0.1\n',
    ),
    [['10.96.0.10', 53, 'answered']],
  );
});
