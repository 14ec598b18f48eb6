import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { LabService } from '../../vocabulary.ts';
import { flannelFilter, flannelNat } from './flannel.ts';
import { chainHash } from './chain-hash.ts';
import { KUBE_FILTER, KUBE_MANGLE, kubeNat } from './kube-proxy.ts';

type Recorded = { readonly chains: readonly string[]; readonly rules: readonly string[] };

/** Own chains and rules of one table of a recorded iptables-save, without counters. */
function recorded(file: string, table: string): Recorded {
  const text = readFileSync(new URL(`./recorded/${file}`, import.meta.url), 'utf8');
  const [, part = ''] = new RegExp(`^\\*${table}\\n([\\s\\S]*?)^COMMIT`, 'm').exec(text) ?? [];
  const lines = part.split('\n').map((line) => line.replace(/^\[\d+:\d+\] /, ''));
  return {
    chains: lines.filter((line) => / - \[/.test(line)).map((line) => line.slice(1).split(' ')[0] ?? ''),
    rules: lines.filter((line) => line.startsWith('-A ')),
  };
}

const sorted = (lines: readonly string[]): readonly string[] => [...lines].sort();

const KUBE = 'kube-proxy-v1.34.4.txt';
const [DNS, API] = [['10.244.1.4', '10.244.3.2'], ['10.10.0.10']];
const service = (
  name: string,
  clusterIp: string,
  port: number,
  protocol: 'tcp' | 'udp',
  targetPort: number,
  endpoints: readonly string[] = DNS ?? [],
): LabService => ({
  name,
  clusterIp,
  port,
  protocol,
  targetPort,
  endpoints,
});

/** The services of the recorded cluster that have no node port, which the lab does not draw. */
const SERVICES = [
  service('default/kubernetes:https', '10.96.0.1', 443, 'tcp', 6443, API),
  service('kube-system/kube-dns:dns', '10.96.0.10', 53, 'udp', 53),
  service('kube-system/kube-dns:dns-tcp', '10.96.0.10', 53, 'tcp', 53),
  service('kube-system/kube-dns:metrics', '10.96.0.10', 9153, 'tcp', 9153),
];

/** What belongs to the recorded cluster's Service with a node port, and the rules that need nfacct objects. */
const elsewhere = (line: string): boolean => /default\/echo|KUBE-(EXT|SVC)-(ZJMB|UCRD)/.test(line);

test('the nat rules have exactly the shape of a real kube-proxy', () => {
  const real = recorded(KUBE, 'nat').rules.filter((line) => !elsewhere(line));
  const ours = kubeNat({ services: SERVICES, network: '10.244.0.0/16' });
  assert.deepEqual(sorted(ours.rules), sorted(real));
  assert.ok(ours.chains.every((chain) => recorded(KUBE, 'nat').chains.includes(chain)));
});

test('the filter and mangle tables have exactly the shape of a real kube-proxy, but for its nfacct match', () => {
  const real = recorded(KUBE, 'filter');
  const plain = real.rules.map((line) => line.replace(' -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts', ''));
  assert.deepEqual(sorted(KUBE_FILTER.rules), sorted(plain));
  assert.deepEqual(sorted(KUBE_FILTER.chains), sorted(real.chains));
  assert.deepEqual(sorted(KUBE_MANGLE.chains), sorted(recorded(KUBE, 'mangle').chains));
});

test("flanneld's rules are those of the real one, in its order", () => {
  const file = 'flannel-v0.28.4.txt';
  assert.deepEqual(flannelFilter('10.100.0.0/16').rules, recorded(file, 'filter').rules);
  assert.deepEqual(flannelNat('10.100.0.0/16', '10.100.14.0/24').rules, recorded(file, 'nat').rules);
});

test('chain names are hashed as kube-proxy does it', () => {
  assert.equal(chainHash('default/kubernetes:httpstcp'), 'NPX46M4PTMTKRN6Y');
});
