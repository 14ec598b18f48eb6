import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { factsOf, parseText } from '#testing/parse-text';
import { parseRecorded } from '#testing/recorded-tools';
import tcpdump from '../tcpdump/tcpdump.ts';
import { isCaptureFile } from './frames.ts';
import { captureText } from './text.ts';

const file = (name: string) => readFileSync(new URL(`../../../lab/recorded-tools/packets/${name}`, import.meta.url));

const TOLD = [
  'source',
  'destination',
  'sourcePort',
  'destinationPort',
  'tcpFlags',
  'length',
  'sourceMac',
  'destinationMac',
  'protocol',
] as const;

test('our text of a capture file tells what tcpdump tells of it, inner packets too', () => {
  for (const [name, printed] of [
    ['eth0.pcap', 'tcpdump-nn-e-r-mnt-eth0.pcap'],
    ['cni0.pcap', 'tcpdump-n-e-vvv-tttt-r-mnt-cni0.pcap'],
    ['any.pcap', 'tcpdump-n-e-r-mnt-any.pcap'],
  ] as const) {
    const own = factsOf(parseText(tcpdump, captureText(file(name))), 'packet');
    const theirs = factsOf(parseRecorded(tcpdump, 'debian-12', printed), 'packet');
    assert.equal(own.length, theirs.length, name);
    for (const [index, one] of own.entries()) {
      const other = theirs[index];
      for (const [mine, its] of [
        [one, other],
        [one.inner, other?.inner],
      ] as const) {
        for (const field of TOLD) {
          if (mine?.[field] !== undefined && its?.[field] !== undefined)
            assert.equal(mine[field], its[field], `${name} ${other?.origin.line}: ${field}`);
        }
      }
      assert.equal(one.inner === undefined, other?.inner === undefined, `${name} ${other?.origin.line}`);
    }
  }
});

test('pcapng is read alike', () => {
  assert.ok(factsOf(parseText(tcpdump, captureText(file('eth0-cni0.pcapng'))), 'packet').length > 10);
});

test('broken files end where they break', () => {
  const whole = file('eth0.pcap');
  assert.ok(isCaptureFile(whole) && !isCaptureFile(Buffer.from('12:00:00 IP a > b: x, no capture file at all')));
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.array(fc.tuple(fc.nat(whole.length), fc.nat(255)), { maxLength: 20 }),
      fc.constantFrom('eth0.pcap', 'eth0-cni0.pcapng'),
      (cut, changes, name) => {
        const bytes = Uint8Array.from(file(name).subarray(0, cut));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        assert.deepEqual(typeof captureText(bytes), 'string');
      },
    ),
    { numRuns: 300 },
  );
});
