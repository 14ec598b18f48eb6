import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { servicesIn } from '../../stand-ins/kube-proxy/services.ts';
import type { ApiObject } from '../../api/objects.ts';
import { listIn, messageIn } from '../../stand-ins/etcd/messages.ts';
import { NFT_CHAINS, NFT_SETS, nftPort } from './kube-proxy-nft.ts';

const FOLDER = new URL('../../recorded-tools/kube-proxy-nft-follow/', import.meta.url);
const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');
const [NODE, NETWORK] = ['n2', '10.244.0.0/16'];

type Block = { readonly lines: readonly string[]; readonly elements: readonly string[] };

/** What a real kube-proxy's table of IPv4 holds: chains, sets and maps by name, without handles. */
function blocksOf(file: string): ReadonlyMap<string, Block> {
  const [, table = ''] = /^table ip kube-proxy \{.*\n([\s\S]*?)^\}/m.exec(textOf(file)) ?? [];
  const plain = table.replaceAll(/ # handle \d+$/gm, '');
  return new Map(
    [...plain.matchAll(/^\t(chain|set|map) (\S+) \{\n([\s\S]*?)^\t\}/gm)].map(([, , name = '', body = '']) => {
      const [, elements = ''] = /elements = \{ ([\s\S]*) \}/.exec(body) ?? [];
      const lines = body
        .replace(/^\t\telements = [\s\S]*$/m, '')
        .trim()
        .split('\n');
      return [name, { lines: lines.map((line) => line.trim()), elements: elements === '' ? [] : elements.split(/,\s+/) }];
    }),
  );
}

/** What the lab has none of: internalTrafficPolicy Local, endpoints on their way out that still serve. */
const ODD = /"internalTrafficPolicy":"Local"|"serving":true,"terminating":true/;
const labelled = ({ metadata }: ApiObject): string => messageIn(messageIn(metadata)['labels'])['kubernetes.io/service-name'] as string;
const isFour = (text: unknown): boolean => !String(text).includes(':');

/** A Service as it is for IPv4, without its ports of SCTP. */
function ofFour(service: ApiObject): ApiObject {
  const [spec, balancer] = [messageIn(service['spec']), messageIn(messageIn(service['status'])['loadBalancer'])];
  const own = (field: string): readonly unknown[] => listIn(spec[field]).filter(isFour);
  const four = {
    clusterIP: own('clusterIPs')[0],
    externalIPs: own('externalIPs'),
    // nft joins a range that lies in another
    loadBalancerSourceRanges: own('loadBalancerSourceRanges').filter((range) => range !== '10.10.1.0/25'),
    ports: listIn(spec['ports']).filter((port) => messageIn(port)['protocol'] !== 'SCTP'),
  };
  const ingress = listIn(balancer['ingress']).filter((one) => isFour(messageIn(one)['ip']));
  return { ...service, spec: { ...spec, ...four }, status: { loadBalancer: { ingress } } };
}

/** The Services of IPv4 that a file of objects lists, of the shapes that the lab draws. */
function portsOf(file: string): ReturnType<typeof servicesIn> {
  const list: { readonly items: readonly ApiObject[] } = JSON.parse(textOf(file).replace(/^#.*\n/gm, ''));
  const objects = list.items
    .filter(({ kind, ...rest }) => kind !== 'EndpointSlice' || rest['addressType'] === 'IPv4')
    .map((one) => (one.kind === 'Service' ? ofFour(one) : one));
  const owner = (one: ApiObject): string => (one.kind === 'Service' ? one.metadata.name : labelled(one));
  const odd = new Set(objects.filter((one) => ODD.test(JSON.stringify(one))).map(owner));
  return servicesIn(
    objects.filter((one) => !odd.has(owner(one))),
    NODE,
  );
}

const FILES = ['1-started', '2-followed'] as const;

for (const name of FILES) {
  const real = blocksOf(`${name}-rules.txt`);

  test(`the fixed chains, sets and maps are those of a real kube-proxy in nftables mode: ${name}`, () => {
    for (const [chain, ...lines] of NFT_CHAINS) {
      // the lab's kube-proxy does not know the range of all Services
      const known = real.get(chain)?.lines.filter((line) => !line.includes('unallocated ClusterIPs'));
      assert.deepEqual(lines, known, chain);
    }
    for (const [, set, ...lines] of NFT_SETS) assert.deepEqual(lines, real.get(set)?.lines, set);
  });

  test(`what each Service brings is what a real kube-proxy wrote for it in nftables mode: ${name}`, () => {
    const ports = portsOf(`${name}-objects.txt`);
    const kinds = new Set<string>();
    for (const service of ports) {
      const { chains, elements, kept } = nftPort(service, NETWORK);
      const path = service.name.replace(/:?([^:]*)$/, `/${service.protocol}/$1`);
      // a chain that no Service needs any more is empty until a later sync deletes it
      const there = [...real].flatMap(([one, { lines }]) => (lines.join('') === '' ? [] : [one]));
      const own = there.filter((one) => one.endsWith(`-${path}`) || one.includes(`-${path}__`));
      assert.deepEqual([...chains.keys(), ...kept.keys()].toSorted(), own.toSorted());
      for (const [chain, lines] of chains) assert.deepEqual(lines, real.get(chain)?.lines, chain);
      for (const { set, element } of elements) assert.ok(real.get(set)?.elements.includes(element), `${set} ${element}`);
      for (const kind of [...chains.keys()].map((chain) => chain.split('-')[0] ?? '')) kinds.add(kind);
    }
    assert.ok(ports.length >= 8 && kinds.size >= 4, `${ports.length} ports with ${[...kinds].join(', ')}`);
  });
}
