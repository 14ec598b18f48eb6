import type { FactOf } from '#facts/kinds';
import { lengthOfMask } from '#net/cidr';
import type { Input, Problem } from '../format.ts';
import { lineOf } from '../format.ts';
import { quoted, wholeNumber } from '../lines.ts';
import { familyOfPart, partsOf } from './element.ts';

type Ipset = FactOf<'ipset'>;
type Member = Ipset['members'][number];

/** A set while its lines are read. */
export type Draft = {
  name: string;
  type: string;
  options: readonly string[];
  line: number;
  members: Member[];
  problem: string | null;
};

/** What was read out of a text. */
export type Sets = { readonly sets: readonly Ipset[]; readonly problems: readonly Problem[] };

/** The value that follows an option's name. */
const after = (words: readonly string[], name: string): string | undefined => {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
};

const TYPE = /^(?:hash|bitmap|list):[a-z]{1,8}(?:,[a-z]{1,8}){0,2}$/;

export const isType = (text: string | undefined): text is string => text !== undefined && TYPE.test(text);

/** Adds an element; one that is not understood is said in the set's problem, for it may be any. */
export function takeMember(draft: Draft, element: string, options: readonly string[], line: number, problems: Problem[]): void {
  const parts = partsOf(draft.type, element);
  if (parts === undefined) {
    const why = `not an element of a ${draft.type}: ${quoted(element)}`;
    draft.problem ??= why;
    problems.push({ line, why });
    return;
  }
  // a comment comes last, and may hold any words
  const comment = options.indexOf('comment');
  const known = comment < 0 ? options : options.slice(0, comment);
  draft.members.push({
    line,
    parts,
    nomatch: known.includes('nomatch'),
    wildcard: known.includes('wildcard'),
    timeoutSeconds: wholeNumber(after(known, 'timeout')) ?? null,
  });
}

/** The fact that a draft became. */
export function setOf(draft: Draft, input: Input): Ipset {
  const { name, type, options, members, problem } = draft;
  const family = after(options, 'family');
  const mask = after(options, 'netmask');
  const timeoutSeconds = wholeNumber(after(options, 'timeout'));
  return {
    origin: lineOf(input, draft.line),
    name,
    type,
    family: family === 'inet6' ? 6 : family === 'inet' ? 4 : familyOfPart(members[0]?.parts[0]),
    netmask: mask === undefined ? null : (wholeNumber(mask) ?? lengthOfMask(mask)),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    members,
    problem: problem ?? unmodelledIn(options),
  };
}

/** Masks that change what is looked up (hash_ip4_kadt, hash_ipmark4_kadt). */
function unmodelledIn(options: readonly string[]): string | null {
  const mask = ['bitmask', 'markmask'].find((name) => options.includes(name));
  return mask === undefined ? null : `a ${mask} is not modelled`;
}
