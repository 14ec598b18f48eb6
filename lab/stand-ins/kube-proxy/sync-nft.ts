import type { LabService } from '../../vocabulary.ts';
import { NFT_CHAINS, NFT_SETS, type NftPort, nftPort } from '../../world/rules/kube-proxy-nft.ts';
import { program } from '../flanneld/kernel.ts';

const TABLE = 'ip kube-proxy';

/** What was written for the objects as they were: Service ports by their names and protocols, and chains that are empty by now. */
export type Written = { readonly ports: ReadonlyMap<string, NftPort>; readonly stale: readonly string[] };

const isBase = (lines: readonly string[]): boolean => lines[0]?.startsWith('type ') === true;
const bodyOf = (lines: readonly string[]): string =>
  lines.map((line) => (/^(type|comment|size|timeout) .*[^;]$/.test(line) ? `${line};` : line)).join('\n');

async function nft(...lines: readonly string[]): Promise<boolean> {
  const { ok, text } = await program('nft', ['-f', '-'], `${lines.join('\n')}\n`);
  if (!ok) process.stderr.write(`${text}\n`);
  return ok;
}

const rulesOf = (chain: string, lines: readonly string[]): readonly string[] => lines.map((line) => `add rule ${TABLE} ${chain} ${line}`);

/** Chains and sets of the table as it is; nothing where it is not there. */
async function heldNow(): Promise<{ readonly chains: readonly string[]; readonly sets: readonly string[] } | undefined> {
  const { ok, text } = await program('nft', ['list', 'table', 'ip', 'kube-proxy']);
  const named = (kind: string): readonly string[] =>
    [...text.matchAll(new RegExp(`^\\t${kind} (\\S+) \\{`, 'gm'))].map(([, name = '']) => name);
  return ok ? { chains: named('chain'), sets: named('set') } : undefined;
}

/** What iptables mode left goes when nftables mode starts (CleanupLeftovers); kubelet's own stays. */
export async function withoutIptables(): Promise<void> {
  const { text } = await program('iptables-save', []);
  const isKubelets = (line: string): boolean => /KUBE-(FIREWALL|KUBELET-CANARY|IPTABLES-HINT)\b/.test(line);
  const lines = text.split('\n');
  if (!lines.some((line) => line.includes('KUBE-') && !isKubelets(line))) return;
  await program('iptables-restore', [], `${lines.filter((line) => !line.includes('KUBE-') || isKubelets(line)).join('\n')}\n`);
}

const keyOf = ({ name, protocol }: LabService): string => `${name} ${protocol}`;

/** Makes the table what the Services ask for: the whole of it at a start and after a failure, else what has changed since. */
export async function syncNft(
  services: readonly LabService[],
  network: string,
  address: string,
  before: Written | undefined,
): Promise<Written> {
  const ports = new Map(services.map((service) => [keyOf(service), nftPort(service, network)] as const));
  const stale = before === undefined ? [] : staleChains(before.ports, ports);
  if (before !== undefined && (await nft(...changes(before, ports, stale)))) return { ports, stale };
  await nft(...(await whole(ports, address, before === undefined)));
  return { ports, stale: [] };
}

const chainsIn = (ports: ReadonlyMap<string, NftPort>): readonly string[] =>
  [...ports.values()].flatMap(({ chains }) => [...chains.keys()]);
const elementsIn = (ports: ReadonlyMap<string, NftPort>): ReadonlyMap<string, readonly string[]> => {
  const all = [...ports.values()].flatMap(({ elements }) => elements);
  return new Map([...Map.groupBy(all, ({ set }) => set)].map(([set, own]) => [set, [...new Set(own.map(({ element }) => element))]]));
};

const staleChains = (before: ReadonlyMap<string, NftPort>, now: ReadonlyMap<string, NftPort>): readonly string[] => {
  const wanted = new Set(chainsIn(now));
  return chainsIn(before).filter((chain) => !wanted.has(chain));
};

const keptLines = (kept: NftPort['kept']): readonly string[] =>
  [...kept].map(([set, seconds]) => `add set ${TABLE} ${set} { type ipv4_addr; size 65535; flags dynamic,timeout; timeout ${seconds}s; }`);

/** First all chains, then their rules: they lead to each other. */
const written = (chains: readonly (readonly [string, readonly string[]])[]): readonly string[] => [
  ...chains.flatMap(([name]) => [`add chain ${TABLE} ${name}`, `flush chain ${TABLE} ${name}`]),
  ...chains.flatMap(([name, lines]) => rulesOf(name, lines)),
];

/** The key of an element; of one that refuses without its comment. */
const key = (element: string): string => element.split(/ : | comment /)[0] ?? element;

function changes(before: Written, ports: ReadonlyMap<string, NftPort>, stale: readonly string[]): readonly string[] {
  const text = (port: NftPort | undefined): string =>
    JSON.stringify(port === undefined ? null : [[...port.chains], port.elements, [...port.kept]]);
  const changed = [...ports].filter(([name, port]) => text(port) !== text(before.ports.get(name))).map(([, port]) => port);
  const [old, now] = [elementsIn(before.ports), elementsIn(ports)];
  const wanted = new Set([...ports.values()].flatMap(({ kept }) => [...kept.keys()]));
  const gone = [...before.ports.values()].flatMap(({ kept }) => [...kept.keys()]).filter((set) => !wanted.has(set));
  return [
    ...changed.flatMap(({ kept }) => keptLines(kept)),
    ...written(changed.flatMap(({ chains }) => [...chains])),
    ...NFT_SETS.flatMap(([, set]) => {
      const [was, is] = [old.get(set) ?? [], now.get(set) ?? []];
      return [
        ...was.filter((one) => !is.includes(one)).map((one) => `delete element ${TABLE} ${set} { ${key(one)} }`),
        ...is.filter((one) => !was.includes(one)).map((one) => `add element ${TABLE} ${set} { ${one} }`),
      ];
    }),
    ...stale.map((chain) => `flush chain ${TABLE} ${chain}`),
    ...before.stale.filter((chain) => !chainsIn(ports).includes(chain)).map((chain) => `delete chain ${TABLE} ${chain}`),
    ...gone.map((set) => `delete set ${TABLE} ${set}`),
  ];
}

/** A full sync: base chains are made anew; at a start a chain of an endpoint that is there is taken for right (epChainSkipUpdate). */
async function whole(ports: ReadonlyMap<string, NftPort>, address: string, starts: boolean): Promise<readonly string[]> {
  const held = await heldNow();
  const own = [...ports.values()].flatMap(({ chains }) => [...chains]);
  const wanted = new Set(own.map(([name]) => name));
  const skipped = new Set(starts ? (held?.chains ?? []).filter((name) => name.startsWith('endpoint-')) : []);
  const bases = NFT_CHAINS.filter(([, ...lines]) => isBase(lines));
  const others = NFT_CHAINS.filter(([, ...lines]) => !isBase(lines));
  const elements = elementsIn(ports);
  return [
    `add table ${TABLE} { comment "rules for kube-proxy"; }`,
    ...bases.flatMap(([name, type = '']) => [
      `add chain ${TABLE} ${name} { ${type} }`,
      `delete chain ${TABLE} ${name}`,
      `add chain ${TABLE} ${name} { ${type} }`,
    ]),
    ...NFT_SETS.flatMap(([kind, name, ...lines]) => [
      `add ${kind} ${TABLE} ${name} { ${bodyOf(lines)} }`,
      `flush ${kind} ${TABLE} ${name}`,
    ]),
    ...[...ports.values()].flatMap(({ kept }) => keptLines(kept)),
    ...others.flatMap(([name, ...lines]) => {
      const [comment] = lines.filter((line) => line.startsWith('comment '));
      return [`add chain ${TABLE} ${name}${comment === undefined ? '' : ` { ${comment}; }`}`, `flush chain ${TABLE} ${name}`];
    }),
    ...written(own.filter(([name]) => !skipped.has(name))),
    ...bases.flatMap(([name, , ...lines]) => rulesOf(name, lines)),
    ...others.flatMap(([name, ...lines]) =>
      rulesOf(
        name,
        lines.filter((line) => !line.startsWith('comment ')),
      ),
    ),
    `add element ${TABLE} nodeport-ips { ${address} }`,
    ...[...elements].map(([set, all]) => `add element ${TABLE} ${set} { ${all.join(', ')} }`),
    ...(held?.chains ?? []).filter((name) => name.includes('/') && !wanted.has(name)).map((name) => `flush chain ${TABLE} ${name}`),
  ];
}
