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

/** The lines of each table. */
const linesIn = (saved: string): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(saved.split(/^\*/m).map((table) => [table.slice(0, table.indexOf('\n')), new Set(table.split('\n'))]));

/** Tables of which a rule is missing: iptables-save writes a prefix's host bits away and nothing else, so the lines can be compared as text. */
async function missing(tables: readonly Table[]): Promise<readonly Table[]> {
  const { ok, text } = await program('iptables-save', []);
  if (!ok) return [];
  const there = linesIn(text);
  return tables.filter(({ name, rules }) => rules.some((rule) => there.get(name)?.has(rule) !== true));
}

/** Takes flanneld's rules of a table out and puts all of them in again, its jump at the end; `emptied`: whatever is in its chain goes. */
async function put({ name, chains, rules }: Table, emptied: boolean): Promise<void> {
  const { text } = await program('iptables-save', ['-t', name]);
  const there = new Set(text.split('\n'));
  const jumps = [...there].filter((line) => /^-A (FORWARD|POSTROUTING) .*flanneld (forward|masq)/.test(line));
  const old = emptied ? jumps : [...jumps, ...rules.filter((rule) => there.has(rule) && !jumps.includes(rule))];
  const made = chains.filter((chain) => emptied || !text.includes(`\n:${chain} `));
  const lines = [
    `*${name}`,
    ...made.map((chain) => `:${chain} - [0:0]`), // a chain that is named so is emptied, also with --noflush
    ...old.map((line) => line.replace('-A', '-D')),
    ...rules,
    'COMMIT',
    '',
  ];
  await program('iptables-restore', ['--noflush'], lines.join('\n'));
}

/** At the start everything is put anew. It says that it changes FORWARD's policy, and does not (pkg/trafficmngr/iptables v0.28.4). */
export async function bootstrap(tables: readonly Table[]): Promise<void> {
  if (tables.some(({ name }) => name === 'filter')) log('I', 'iptables.go:212', 'Changing default FORWARD chain policy to ACCEPT');
  for (const table of tables) await put(table, true);
}

/** Every five seconds: where something is missing, all is put anew. */
export async function resync(tables: readonly Table[]): Promise<void> {
  for (const table of await missing(tables)) {
    log('I', 'iptables.go:490', 'Some iptables rules are missing; deleting and recreating rules');
    await put(table, false);
  }
}
