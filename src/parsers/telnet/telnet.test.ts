import assert from 'node:assert/strict';
import test from 'node:test';
import type { Format } from '#parsers/format';
import { factsOf, parseText } from '#testing/parse-text';
import { recordedNames, parseRecorded, USERLANDS } from '#testing/recorded-tools';
import curl from '../curl/curl.ts';
import nc from '../nc/nc.ts';
import telnet from './telnet.ts';

const outcomes = (format: Format, text: string, argv: readonly string[] = []) =>
  factsOf(parseText(format, text, { argv }), 'observation').map(({ to, port, outcome }) => [to, port, outcome]);

test('telnet and curl of every userland met what the recording world has at its ports', () => {
  const expected: readonly (readonly [RegExp, string])[] = [
    [/8090/, 'refused'],
    [/10\.244\.1\.10-8080/, 'answered'],
    [/10\.244\.1\.12-8080/, 'silent'],
    [/10\.13\.0\.1$/, 'unreachable'],
  ];
  for (const userland of USERLANDS) {
    for (const name of recordedNames(userland).filter((one) => /^(?:curl-v|telnet)/.test(one))) {
      const outcome = expected.find(([words]) => words.test(name))?.[1];
      const format = name.startsWith('telnet') ? telnet : curl;
      const [fact] = factsOf(parseRecorded(format, userland, name), 'observation');
      if (outcome !== undefined) assert.equal(fact?.outcome, outcome, `${userland} ${name}`);
    }
  }
});

test('the port that telnet asked for is told by its command line alone', () => {
  const refused = 'Trying 10.13.10.12...\ntelnet: connect to address 10.13.10.12: Connection refused\n';
  assert.deepEqual(outcomes(telnet, refused, ['telnet', '10.13.10.12', '6443']), [['10.13.10.12', 6443, 'refused']]);
  assert.deepEqual(outcomes(telnet, refused), [['10.13.10.12', undefined, 'refused']]);
  assert.deepEqual(outcomes(telnet, 'Trying 10.0.0.1...\n'), [['10.0.0.1', undefined, 'silent']]);
});

test('the four kinds of nc are read', () => {
  // hand-made after netcat-openbsd, netcat-traditional, ncat, busybox
  assert.deepEqual(outcomes(nc, 'Connection to 10.9.0.1 8080 port [tcp/http-alt] succeeded!\n'), [['10.9.0.1', 8080, 'answered']]);
  assert.deepEqual(outcomes(nc, 'nc: connect to 10.9.0.1 port 81 (tcp) failed: Connection refused\n'), [['10.9.0.1', 81, 'refused']]);
  assert.deepEqual(outcomes(nc, '(UNKNOWN) [10.9.0.1] 81 (?) : Connection timed out\n'), [['10.9.0.1', 81, 'silent']]);
  assert.deepEqual(outcomes(nc, 'Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Connected to 10.9.0.1:8080.\n'), [
    ['10.9.0.1', 8080, 'answered'],
  ]);
  assert.deepEqual(outcomes(nc, 'Ncat: No route to host.\n', ['nc', '-v', '10.9.0.1', '80']), [['10.9.0.1', 80, 'unreachable']]);
  assert.deepEqual(outcomes(nc, '10.9.0.1 (10.9.0.1:8080) open\n'), [['10.9.0.1', 8080, 'answered']]);
});

test('curl that connects and hears nothing is both', () => {
  const text = `*   Trying 10.9.0.1:8080...
* Connected to 10.9.0.1 (10.9.0.1) port 8080 (#0)
> GET / HTTP/1.1
* Operation timed out after 3001 milliseconds with 0 bytes received
curl: (28) Operation timed out after 3001 milliseconds with 0 bytes received
`;
  assert.deepEqual(outcomes(curl, text), [['10.9.0.1', 8080, 'mixed']]);
  assert.deepEqual(outcomes(curl, '*   Trying 10.9.0.1...\n* Connected to x (10.9.0.1) port 80 (#0)\n< HTTP/1.1 503 Busy\n'), [
    ['10.9.0.1', 80, 'answered'],
  ]);
});
