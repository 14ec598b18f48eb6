import { flannelFilter, flannelNat } from '../../world/rules/flannel.ts';
import { program } from './kernel.ts';
import { log } from './log.ts';
import type { Options } from './options.ts';

type Table = { readonly name: 'filter' | 'nat'; readonly chains: readonly string[]; readonly rules: readonly string[] };

/** What flanneld wants to see in its tables. */
export function wantedTables({ ipMasq, forwardRules }: Options, network: string, subnet: string): readonly Table[] {
  return [
    ...(forwardRules ? [{ name: 'filter' as const, ...flannelFilter(network) }] : []),
    ...(ipMasq ? [{ name: 'nat' as const, ...flannelNat(network, subnet) }] : []),
  ];
}

/** iptables-save writes a prefix's host bits away and nothing else, so the lines can be compared as text. */
async function missing({ name, rules }: Table): Promise<boolean> {
  const { ok, text } = await program('iptables-save', ['-t', name]);
  if (!ok) return false;
  const there = new Set(text.split('\n'));
  return rules.some((rule) => !there.has(rule));
}

/** Takes flanneld's old rules of a table out and puts the wanted ones in. */
async function put({ name, chains, rules }: Table): Promise<void> {
  const { text } = await program('iptables-save', ['-t', name]);
  const jumps = text.split('\n').filter((line) => /^-A (FORWARD|POSTROUTING) .*flanneld (forward|masq)/.test(line));
  const lines = [
    `*${name}`,
    ...chains.map((chain) => `:${chain} - [0:0]`),
    ...jumps.map((line) => line.replace('-A', '-D')),
    ...rules,
    'COMMIT',
    '',
  ];
  await program('iptables-restore', ['--noflush'], lines.join('\n'));
}

/** At the start: rules, and FORWARD's policy, which flanneld sets once and never again. */
export async function bootstrap(tables: readonly Table[]): Promise<void> {
  for (const table of tables) if (await missing(table)) await put(table);
  if (tables.some(({ name }) => name === 'filter')) {
    log('I', 'iptables.go:212', 'Changing default FORWARD chain policy to ACCEPT');
    await program('iptables', ['-P', 'FORWARD', 'ACCEPT']);
  }
}

/** Every five seconds: what is missing is put back. */
export async function resync(tables: readonly Table[]): Promise<void> {
  for (const table of tables) {
    if (!(await missing(table))) continue;
    log('I', 'iptables.go:490', 'Some iptables rules are missing; deleting and recreating rules');
    await put(table);
  }
}
