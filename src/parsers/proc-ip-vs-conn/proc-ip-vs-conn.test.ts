import assert from 'node:assert/strict';
import test from 'node:test';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import procIpVsConn from './proc-ip-vs-conn.ts';

/** Hand-made after the kernel's source (net/netfilter/ipvs/ip_vs_conn.c ip_vs_conn_seq_show). */
const TEXT = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
UDP 0A010002 4E20 0A60000A 0035 0A020002 0035 UDP             298
TCP fd00:0001:0000:0000:0000:0000:0000:0002 4E21 fd00:0096:0000:0000:0000:0000:0000:0010 0050 fd00:0002:0000:0000:0000:0000:0000:0002 1F90 SYN_RECV         59
what is this
`;

test('connections are read with their three ends; a line that is none is a problem', () => {
  const { readings, problems } = procIpVsConn.parse({
    file: 'x',
    scope: { node: 'a', netns: '' },
    argv: [],
    exit: 0,
    look: 1,
    text: TEXT,
    clock: undefined,
  });
  assert.deepEqual(
    problems.map(({ line }) => line),
    [4],
  );
  const [udp, tcp] = readings.flatMap((one) => (one.kind === 'ipvs-connection' ? one.facts : []));
  assert.deepEqual(
    [udp?.protocol, udp?.client, udp?.clientPort, udp?.virtual, udp?.virtualPort, udp?.server, udp?.serverPort, udp?.expiresSeconds],
    ['udp', '10.1.0.2', 20000, '10.96.0.10', 53, '10.2.0.2', 53, 298],
  );
  assert.deepEqual([tcp?.client, tcp?.serverPort, tcp?.state], ['fd00:1::2', 8080, 'SYN_RECV']);
  assert.equal(recognise(TEXT, formats)?.id, 'proc-ip-vs-conn');
});
