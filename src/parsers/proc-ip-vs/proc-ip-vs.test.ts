import assert from 'node:assert/strict';
import test from 'node:test';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import procIpVs from './proc-ip-vs.ts';

/** Hand-made after the kernel's source (net/netfilter/ipvs/ip_vs_ctl.c ip_vs_info_seq_show). */
const TEXT = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A600001:01BB rr  persistent 2700000 FFFFFFFF
  -> C0000201:192B      Masq    1      0          3         \nUDP  [fd00:0096:0000:0000:0000:0000:0000:0010]:0035 sh ops
  -> [fd00:0001:0000:0000:0000:0000:0000:0002]:0035      Masq    0      0          0         \nFWM  00000007 wrr \n`;

test('addresses and ports are read out of their hexadecimal digits, servers in the order of the kernel', () => {
  const { readings, problems } = procIpVs.parse({
    file: 'x',
    scope: { node: 'a', netns: '' },
    argv: [],
    exit: 0,
    look: 1,
    text: TEXT,
    clock: undefined,
  });
  assert.deepEqual(problems, []);
  const facts = readings.flatMap((one) => (one.kind === 'ipvs-service' ? one.facts : []));
  assert.deepEqual(
    facts.map(({ match, persistentSeconds, perPacket, servers }) => [match, persistentSeconds, perPacket, servers]),
    [
      [
        { by: 'address', protocol: 'tcp', address: '10.96.0.1', port: 443 },
        undefined,
        false,
        [{ address: '192.0.2.1', port: 6443, forward: 'masq', weight: 1, active: 0, inactive: 3 }],
      ],
      [
        { by: 'address', protocol: 'udp', address: 'fd00:96::10', port: 53 },
        null,
        true,
        [{ address: 'fd00:1::2', port: 53, forward: 'masq', weight: 0, active: 0, inactive: 0 }],
      ],
      [{ by: 'mark', mark: 7, family: 4 }, null, false, []],
    ],
  );
});

test('it is recognised, also without any virtual server', () => {
  assert.equal(recognise(TEXT, formats)?.id, 'proc-ip-vs');
  assert.equal(recognise(TEXT.split('\n').slice(0, 3).join('\n'), formats)?.id, 'proc-ip-vs');
});
