import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import { ipvsMatchText } from '#facts/ipvs-service/ipvs-service';
import { byKey, parseRecorded, recordedText } from '#testing/recorded-tools';
import type { Format } from './format.ts';
import { formats } from './formats.ts';
import ipvsadm from './ipvsadm/ipvsadm.ts';
import procIpVs from './proc-ip-vs/proc-ip-vs.ts';
import procIpVsConn from './proc-ip-vs-conn/proc-ip-vs-conn.ts';
import { recognise } from './recognise.ts';

const GUEST = 'guest/debian-12';

type Service = FactOf<'ipvs-service'>;
const services = (format: Format, name: string): ReadonlyMap<string, Service> => {
  const parsed = parseRecorded(format, GUEST, name);
  assert.deepEqual(parsed.problems, [], name);
  return byKey(parsed, 'ipvs-service', ({ match }) => ipvsMatchText(match));
};
const told = ({ scheduler, perPacket, servers }: Service): unknown => ({
  scheduler,
  perPacket,
  servers: servers.map(({ address, port, forward, weight }) => `${address} ${port} ${forward} ${weight}`).sort(),
});

test('rules, list and the kernel tell the same virtual servers, of addresses, of IPv6 and of a mark', () => {
  const [rules, list, kernel] = [
    services(ipvsadm, 'ipvsadm-Sn'),
    services(ipvsadm, 'ipvsadm-Ln'),
    services(procIpVs, 'cat-proc-net-ip_vs'),
  ];
  assert.deepEqual([...rules.keys()].sort(), [
    'mark 7 IPv4',
    'tcp 10.96.31.62 80',
    'tcp 10.96.9.9 443',
    'tcp 2001:db8:96::10 53',
    'udp 10.96.0.10 53',
  ]);
  for (const other of [list, kernel]) {
    assert.equal(other.size, rules.size);
    for (const [name, service] of rules) assert.deepEqual(told(other.get(name) ?? assert.fail(name)), told(service), name);
  }
});

test('how long a client stays is told in seconds by ipvsadm; the kernel counts in ticks, which are not told', () => {
  const seconds = (format: Format, name: string) => services(format, name).get('tcp 10.96.31.62 80')?.persistentSeconds;
  assert.deepEqual([seconds(ipvsadm, 'ipvsadm-Sn'), seconds(ipvsadm, 'ipvsadm-Ln')], [10_800, 10_800]);
  assert.match(recordedText(GUEST, 'cat-proc-net-ip_vs'), /persistent 2700000 FFFFFFFF/);
  assert.equal(seconds(procIpVs, 'cat-proc-net-ip_vs'), undefined);
  assert.equal(services(procIpVs, 'cat-proc-net-ip_vs').get('udp 10.96.0.10 53')?.persistentSeconds, null);
});

test('connections are read, that of a client that is kept at its server among them', () => {
  const parsed = parseRecorded(procIpVsConn, GUEST, 'cat-proc-net-ip_vs_conn');
  assert.deepEqual(parsed.problems, []);
  const all = parsed.readings.flatMap((one) => (one.kind === 'ipvs-connection' ? (one.facts as readonly FactOf<'ipvs-connection'>[]) : []));
  assert.deepEqual(all.map(({ state, server, serverPort }) => [state, server, serverPort]).sort(), [
    ['NONE', '10.7.10.21', 8080],
    ['SYN_RECV', '10.7.10.21', 8080],
  ]);
});

test('each is recognised by its content', () => {
  const ids = {
    'ipvsadm-Sn': 'ipvsadm',
    'ipvsadm-Ln': 'ipvsadm',
    'cat-proc-net-ip_vs': 'proc-ip-vs',
    'cat-proc-net-ip_vs_conn': 'proc-ip-vs-conn',
  };
  for (const [name, id] of Object.entries(ids)) assert.equal(recognise(recordedText(GUEST, name), formats)?.id, id, name);
});
