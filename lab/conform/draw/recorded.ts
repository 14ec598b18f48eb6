import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from './construct.ts';
import type { Aim, Protocol } from './packet.ts';
import { addressOf } from './pool.ts';
import type { Backend, Rule, Table } from './rule.ts';

/** Rules with what they want to be asked about. */
export type Recorded = { readonly rules: readonly Rule[]; readonly aims: readonly Aim[] };

/** Names of a recording and what they are called in a scene: networks, devices. */
export type Renamed = readonly (readonly [string, string])[];

const PROTOCOLS: readonly Protocol[] = ['udp', 'tcp', 'icmp', 'sctp'];

const linesOf = (file: string, renamed: Renamed): readonly string[] =>
  renamed
    .reduce((text, [from, to]) => text.replaceAll(from, to), readFileSync(join(import.meta.dirname, 'others/recorded', file), 'utf8'))
    .split('\n');

/** What a file of `draw/others/recorded` holds as `iptables-save` prints it, with the sets that its head names. */
export function savedRules({ here, family, backend }: Site & { readonly backend: Backend }, file: string, renamed: Renamed = []): Recorded {
  let table: Table = 'filter';
  const rules = linesOf(file, renamed).flatMap((line): readonly Rule[] => {
    const whole = { in: here.name, by: [], form: 'iptables', backend, family } as const;
    if (line.startsWith('#set ')) return setLines(here.name, line);
    if (line.startsWith('*')) table = line.slice(1) as Table; // the recording's own word
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (chain !== undefined) return policy === 'ACCEPT' ? [] : [{ ...whole, table, text: `:${chain} ${policy}` }];
    return line.includes('-A ') ? [{ ...whole, table, text: line.replace(/^\[\d+:\d+\] /, '') }] : [];
  });
  return { rules, aims: rules.flatMap((rule) => ('text' in rule ? aimOf(rule.text) : [])) };
}

/** `#set NAME TYPE MEMBER…` */
function setLines(namespace: string, line: string): readonly Rule[] {
  const [, name, type, ...members] = line.split(' ');
  const runs = [`ipset -exist create ${name} ${type}`, ...members.map((member) => `ipset -exist add ${name} ${member}`)];
  return runs.map((run) => ({ form: 'line', in: namespace, by: [], run }));
}

/** A packet that a rule speaks of, as far as its words tell. */
function aimOf(text: string): readonly Aim[] {
  const word = (option: string): string | undefined => new RegExp(`(?<!! )${option} (\\S+)`).exec(text)?.[1];
  const protocol = PROTOCOLS.find((one) => one === word('-p'));
  const [source, destination] = [word('-s'), word('-d')].map((cidr) => (cidr?.endsWith('/32') === true ? addressOf(cidr) : undefined));
  const dport = Number(word('--dports?')?.split(/[,:]/)[0]);
  const aim: Aim = {
    ...(protocol === undefined ? {} : { protocol }),
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
    ...(Number.isInteger(dport) ? { dport } : {}),
    ...(protocol === 'tcp' ? { flags: 'S' } : {}),
  };
  return Object.keys(aim).length === 0 ? [] : [aim];
}

/** The same of `nft list ruleset`: tables with sets and chains first, then rules, each of which counts what comes to it. */
export function listedRules({ here }: Site, file: string, renamed: Renamed = []): Recorded {
  const heads: string[] = [];
  const rules: string[] = [];
  let table = '';
  let chain = '';
  let block: string[] = [];
  for (const line of linesOf(file, renamed)) {
    const [, ofTable] = /^table (\S+ \S+) \{$/.exec(line) ?? [];
    const [, ofChain] = /^\tchain (\S+) \{$/.exec(line) ?? [];
    if (ofTable !== undefined) heads.push(`add table ${(table = ofTable)}`);
    else if (ofChain !== undefined) heads.push(`add chain ${table} ${(chain = ofChain)}`);
    else if (/^\t(?:set|map|ct) /.test(line)) block = [line];
    else if (block.length > 0 && line !== '\t}') block.push(line);
    else if (line === '\t}') {
      if (block.length > 0) heads.push(`add ${blockText(table, block)}`);
      [block, chain] = [[], ''];
    } else if (/^\t\ttype \S+ hook /.test(line)) heads.push(`${heads.pop()} { ${line.trim()} }`);
    else if (chain !== '' && /^\t\t(?!comment )\S/.test(line)) rules.push(`add rule ${table} ${chain} counter ${line.trim()}`);
  }
  const loaded = [...heads, ...rules].map((text): Rule => ({ in: here.name, by: [], form: 'nft', text }));
  return { rules: loaded, aims: rules.flatMap(nftAimOf) };
}

/** `set NAME {` … as one command: `set TABLE NAME { …; … }`. */
function blockText(table: string, [head = '', ...body]: readonly string[]): string {
  const [, kind, name] = /^\t(set|map|ct \S+) (\S+) \{/.exec(head) ?? [];
  return `${kind} ${table} ${name} { ${body.map((line) => line.trim()).join('; ')}; }`;
}

function nftAimOf(text: string): readonly Aim[] {
  const [, protocol, port] = /\b(tcp|udp) dport (?:\{ )?(\d+)/.exec(text) ?? [];
  const [, source] = /\bip saddr (\d+\.\d+\.\d+\.\d+)(?!\/)\b/.exec(text) ?? [];
  if (port === undefined && source === undefined) return [];
  return [
    {
      ...(protocol === 'tcp' ? { protocol: 'tcp', flags: 'S' } : protocol === 'udp' ? { protocol: 'udp' } : {}),
      ...(port === undefined ? {} : { dport: Number(port) }),
      ...(source === undefined ? {} : { source }),
    },
  ];
}
