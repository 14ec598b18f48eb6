import type { NftChain, NftFlowtable, NftObject, NftRule, NftSet } from '#facts/nft/nft';
import { type Input, lineOf, type Problem } from '../format.ts';
import { quoted } from '../lines.ts';
import { durationOf } from './constants.ts';
import { hookOf } from './hook.ts';
import { readQuota } from './limit.ts';
import { readRule } from './rule.ts';
import { isTerse, readElements, UNLISTED } from './set-body.ts';
import { NotUnderstood, tokensOf, Words } from './tokens.ts';

/** A line of a block; what is in braces over several lines is one. */
export type Line = { readonly text: string; readonly number: number };

/** A chain, a set, an object of a table, with its lines. */
export type Block = { readonly kind: string; readonly name: string; readonly line: number; readonly lines: Line[] };

/** Where problems go, and whether they make the table's shape unknown. */
export type Told = { readonly input: Input; problems: Problem[]; shapeless: boolean };

/** The chain that a block is. */
export function chainOf({ name, line, lines }: Block, family: string, told: Told): NftChain {
  let base: NftChain['base'] = null;
  const rules: NftRule[] = [];
  for (const { text, number } of lines) {
    if (/^comment "/.test(text)) continue;
    if (/^type \w/.test(text)) {
      const hook = hookOf(text, family);
      if (typeof hook !== 'string') base = hook;
      else {
        told.problems.push({ line: number, why: hook });
        told.shapeless = true;
      }
    } else rules.push(ruleOf(text, number, told));
  }
  return { name, origin: lineOf(told.input, line), base, rules };
}

function ruleOf(text: string, number: number, { input, problems }: Told): NftRule {
  const { rule, problem } = readRule(text, lineOf(input, number));
  if (problem !== null) problems.push({ line: number, why: `of a rule: ${problem}: ${quoted(text)}` });
  return rule;
}

/** The set or map that a block is. */
export function setOf({ kind, name, line, lines }: Block, told: Told): NftSet {
  const timeout = lines.find(({ text }) => text.startsWith('timeout '))?.text.slice('timeout '.length) ?? '';
  const size = lines.map(({ text }) => /^size (\d+)\b/.exec(text)?.[1]).find((one) => one !== undefined);
  const room = size === undefined ? {} : { size: Number(size) };
  const set = { name, origin: lineOf(told.input, line), isMap: kind === 'map', timeoutSeconds: durationOf(timeout) ?? null, ...room };
  if (isTerse(told.input)) return { ...set, ...UNLISTED };
  const limited = lines.some(({ text }) => /^(?:limit|quota|ct count) /.test(text));
  const body = lines.find(({ text }) => text.startsWith('elements = '));
  if (body === undefined) return { ...set, elements: [], problem: null };
  try {
    const elements = readElements(new Words(tokensOf(body.text.slice('elements = '.length))));
    return { ...set, elements: limited ? elements.map((one) => ({ ...one, limited: true as const })) : elements, problem: null };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    told.problems.push({ line: body.number, why: `elements of ${name}: ${error.message}` });
    return { ...set, elements: [], problem: `its elements are not understood: ${error.message}` };
  }
}

/** The object that a block is: of quotas what they tell, of others that they are there. */
export function objectOf({ kind, name, lines }: Block, told: Told): NftObject {
  if (kind !== 'quota') return { of: kind, name, quota: null };
  const [first] = lines.filter(({ text }) => !text.startsWith('comment '));
  try {
    return { of: kind, name, quota: first === undefined ? null : readQuota(new Words(tokensOf(first.text))) };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    told.problems.push({ line: first?.number ?? 1, why: `quota ${name}: ${error.message}` });
    return { of: kind, name, quota: null };
  }
}

/** The devices whose packets a flowtable may take a short cut. */
export function flowtableOf({ name, lines }: Block): NftFlowtable {
  const devices = lines.find(({ text }) => text.startsWith('devices = '))?.text.slice('devices = '.length) ?? '';
  return { name, devices: devices.split(/[{},;\s"]+/).filter((device) => device !== '') };
}
