import type { Backend, Family, Rule, Table } from '../draw/rule.ts';
import { findTool } from '../../world/tools.ts';
import type { Scene } from '../draw/scene.ts';
import type { Stage } from './raise.ts';

/** A rule that the kernel or its tool refused, and their words: the generator's mistake, or this kernel's lack. */
export type Refused = { readonly rule: Rule; readonly says: string };

const BUILT_IN = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);
const ATTEMPTS = 12;

/** Loads rules; what is refused is left out and told. */
export async function load(stage: Stage, rules: readonly Rule[]): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  const here = Map.groupBy(rules, (rule) => rule.in);
  for (const [namespace, own] of here) {
    const lines = own.filter((rule) => rule.form === 'line');
    const ran = await stage.each(
      namespace,
      lines.map(({ run }) => run),
    );
    for (const [at, rule] of lines.entries()) {
      const { code, stderr } = ran[at] ?? { code: 127, stderr: 'the shell ended before' };
      if (code !== 0) refused.push({ rule, says: stderr.trim().slice(0, 300) });
    }
    const tables = Map.groupBy(own.filter(isIptables), ({ backend, family }) => `${backend} ${family}`);
    for (const group of tables.values()) refused.push(...(await restore(stage, namespace, group)));
    refused.push(
      ...(await nft(
        stage,
        namespace,
        own.filter((rule) => rule.form === 'nft'),
      )),
    );
  }
  return refused;
}

/** What changes in the middle: lines are run, and the tables of iptables loaded once more without some rules. */
export async function reload(stage: Stage, scene: Scene): Promise<void> {
  const gone = new Set(scene.change?.without.map((rule) => JSON.stringify(rule)));
  for (const { in: namespace, run } of scene.change?.lines ?? []) await stage.shell(namespace, run);
  if (gone.size === 0) return;
  for (const [namespace, own] of Map.groupBy(scene.rules.filter(isIptables), (rule) => rule.in)) {
    for (const group of Map.groupBy(own, ({ backend, family }) => `${backend} ${family}`).values()) {
      await restore(
        stage,
        namespace,
        group.filter((rule) => !gone.has(JSON.stringify(rule))),
      );
    }
  }
}

type Iptables = Extract<Rule, { form: 'iptables' }>;
type Nft = Extract<Rule, { form: 'nft' }>;

const isIptables = (rule: Rule): rule is Iptables => rule.form === 'iptables';

/** The multi-call program of a backend. */
export const programOf = (backend: Backend, family: Family, what: 'restore' | 'save'): readonly string[] => [
  findTool(`xtables-${backend}-multi`) ?? `xtables-${backend}-multi`,
  `ip${family === 6 ? '6' : ''}tables-${what}`,
];

/** The input of iptables-restore, and which rule stands on which of its lines. */
export function restoreText(rules: readonly Iptables[]): { readonly text: string; readonly at: ReadonlyMap<number, Iptables> } {
  const lines: string[] = [];
  const at = new Map<number, Iptables>();
  for (const [table, own] of Map.groupBy(rules, (rule) => rule.table)) {
    lines.push(`*${table}`, ...chainsOf(table, own));
    for (const rule of own.filter(({ text }) => !text.startsWith(':'))) {
      lines.push(rule.text);
      at.set(lines.length, rule);
    }
    lines.push('COMMIT');
  }
  return { text: `${lines.join('\n')}\n`, at };
}

/** Policies as they are drawn, and every chain that a rule stands in or leads to. */
function chainsOf(_table: Table, rules: readonly Iptables[]): readonly string[] {
  const heads = new Map(
    rules.flatMap(({ text }) => (text.startsWith(':') ? [[text.slice(1).split(' ')[0] ?? '', `${text} [0:0]`] as const] : [])),
  );
  const named = rules.flatMap(({ text }) => [/^-A (\S+)/.exec(text)?.[1], / -[jg] (\S+)/.exec(text)?.[1]]);
  const declared = new Set(rules.flatMap(({ text }) => /^-A (\S+)/.exec(text)?.[1] ?? []));
  const led = new Set(rules.flatMap(({ text }) => / -[jg] (U\d+\S*|[A-Za-z]+-\S+)/.exec(text)?.[1] ?? []));
  const user = [...new Set(named)].filter((name) => name !== undefined && !BUILT_IN.has(name) && (declared.has(name) || led.has(name)));
  return [...heads.values(), ...user.filter((name) => name !== undefined && !heads.has(name)).map((name) => `:${name} - [0:0]`)];
}

/** Loads one family of one backend, without what it refuses. */
async function restore(stage: Stage, namespace: string, rules: readonly Iptables[]): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  let left = rules;
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    const [first] = left;
    if (first === undefined) break;
    const { text, at } = restoreText(left);
    const { code, stderr } = await stage.program(namespace, programOf(first.backend, first.family, 'restore'), text);
    if (code === 0) return refused;
    const line = Number(/line:? (\d+)/i.exec(stderr)?.[1]);
    const culprit = at.get(line) ?? at.get(line - 1);
    const found = culprit === undefined || /^COMMIT/.test(text.split('\n')[line - 1] ?? '') ? await alone(stage, namespace, left) : culprit;
    refused.push({ rule: found, says: stderr.trim().slice(0, 300) });
    left = left.filter((rule) => rule !== found);
  }
  return refused;
}

/** The first rule that is refused when it is loaded with those before it: `--test` does not ask the kernel. */
async function alone(stage: Stage, namespace: string, rules: readonly Iptables[]): Promise<Iptables> {
  let [good, bad] = [0, rules.length];
  const [first] = rules;
  if (first === undefined) throw new Error('no rule to refuse');
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const { text } = restoreText(rules.slice(0, middle));
    const { code } = await stage.program(namespace, programOf(first.backend, first.family, 'restore'), text);
    if (code === 0) good = middle;
    else bad = middle;
  }
  return rules[bad - 1] ?? first;
}

/** Loads native nftables, without what it refuses. */
async function nft(stage: Stage, namespace: string, rules: readonly Nft[]): Promise<readonly Refused[]> {
  const refused: Refused[] = [];
  let left = rules;
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    const { code, stderr } = await stage.program(namespace, ['nft', '-f', '-'], left.map(({ text }) => `${text}\n`).join(''));
    if (code === 0) return refused;
    const culprit = left[Number(/(?:-|stdin):(\d+):\d/.exec(stderr)?.[1] ?? '1') - 1] ?? left[0];
    if (culprit === undefined) break;
    refused.push({ rule: culprit, says: stderr.trim().slice(0, 300) });
    left = left.filter((rule) => rule !== culprit);
  }
  return refused;
}
