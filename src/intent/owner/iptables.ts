import type { Facts } from '#facts/facts';
import type { IptablesRule, IptablesTable, MatchExtension } from '#facts/iptables/iptables';
import { parseIp } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { CLUSTER } from '#snapshot/scope';
import { behindAddress, behindPrefix } from './behind-address.ts';
import { behindChain } from './behind-chain.ts';
import { isDockers, isFirewalld } from './built-in.ts';
import { type Program, programOfChain, programOfComment, programOfDevice, programOfSet } from './names.ts';
import type { Behind, Owned } from './owned.ts';
import type { Placed } from './place.ts';

/** Whose a rule is: by its chain, where it jumps, its comment, the devices and sets that it names. */
export function ruleOwned(facts: Facts, { table, chain, rule, scope }: Extract<Placed, { is: 'iptables rule' }>): Owned {
  const signs = signsOf(table, chain.name, rule);
  const sign = signs.find(({ program }) => program !== null);
  const comment = commentOf(rule);
  const behind = distinct([
    ...(rule.target === null ? [] : behindChain(facts, rule.target.name, scope.node)),
    ...behindChain(facts, chain.name, scope.node),
    ...(comment === undefined ? [] : serviceNamed(facts, comment)),
    ...addressesIn(rule).flatMap((text) => behindText(facts, text)),
  ]);
  return {
    what: `iptables rule in ${table.table} ${chain.name}`,
    text: rule.text,
    origin: rule.origin,
    owner: sign?.program ?? null,
    because:
      sign?.because ??
      'neither its chain, its target, its comment nor its devices are those of a program that is known: a person put it there, or one that is not known',
    behind,
    gaps: behind.length > 0 ? [] : gapsOf(facts, chain.name),
  };
}

/** Whose a chain is, by its name; built-in chains are the kernel's, their policy somebody's. */
export function chainOwned(facts: Facts, { table, chain, scope }: Extract<Placed, { is: 'iptables chain' }>): Owned {
  const program = programOfChain(chain.name);
  const isBuiltIn = chain.policy !== null;
  const behind = distinct([...behindChain(facts, chain.name, scope.node), ...namedAround(facts, table, chain.name)]);
  const users = [
    ...new Set(table.chains.flatMap(({ name, rules }) => (rules.some(({ target }) => target?.name === chain.name) ? [name] : []))),
  ];
  const used = users.length === 0 ? 'nothing jumps to it' : `${users.slice(0, 3).join(', ')} jump${users.length === 1 ? 's' : ''} to it`;
  return {
    what: `iptables chain of ${table.table}`,
    text: isBuiltIn ? `-P ${chain.name} ${chain.policy}` : `-N ${chain.name}`,
    origin: chain.origin,
    owner: isBuiltIn ? 'the kernel' : program,
    because: isBuiltIn
      ? 'it is built in; whoever likes sets its policy'
      : program === null
        ? `no program is known to call a chain so; ${used}`
        : `${program} calls its chains so; ${used}`,
    behind,
    gaps: behind.length > 0 ? [] : gapsOf(facts, chain.name),
  };
}

type Sign = { readonly program: Program | null; readonly because: string };

function signsOf(table: IptablesTable, chain: string, rule: IptablesRule): readonly Sign[] {
  const target = rule.target?.name;
  const devices = [rule.in, rule.out].flatMap((one) => (one === null ? [] : [one.value]));
  const sets = valuesOf(rule, 'set', 'match-set');
  return [
    { program: programOfChain(chain), because: `it stands in ${chain}` },
    ...(target === undefined ? [] : [{ program: programOfChain(target), because: `it leads to ${target}` }]),
    ...commentsOf(rule).map((comment) => ({ program: programOfComment(comment), because: `its comment is "${comment}"` })),
    ...sets.map((name) => ({ program: programOfSet(name), because: `it asks the set ${name}` })),
    // a person may name any device: it speaks for a program only beside that program's own chains
    ...devices.map((name) => ({ program: ownIn(table, programOfDevice(name)), because: `it names ${name}` })),
    { program: isDockers(table, rule) ? 'Docker' : null, because: "it is about a bridge or a published port of Docker's own chains" },
    { program: isFirewalld(table, rule) ? 'firewalld' : null, because: 'firewalld writes it so, and its chains are beside' },
  ];
}

const ownIn = (table: IptablesTable, program: Program | null): Program | null =>
  program !== null && table.chains.some(({ name }) => programOfChain(name) === program) ? program : null;

function valuesOf({ matches }: IptablesRule, match: string, option: string): readonly string[] {
  const options = matches.filter(({ name }) => name === match).flatMap((one: MatchExtension) => one.options);
  return options.filter(({ name }) => name.replace(/^-+/, '') === option).flatMap(({ values }) => values.slice(0, 1));
}

const commentsOf = (rule: IptablesRule): readonly string[] => valuesOf(rule, 'comment', 'comment');

/** A rule's own comment; Calico puts its hash into the first of two. */
function commentOf(rule: IptablesRule): string | undefined {
  const all = commentsOf(rule);
  return all.find((one) => !one.startsWith('cali:')) ?? all[0];
}

/** Texts of a rule that are addresses or prefixes. */
function addressesIn(rule: IptablesRule): readonly string[] {
  const options = rule.target?.options ?? [];
  const to = options.filter(({ name }) => /to-destination|to-source$/.test(name)).flatMap(({ values }) => values.slice(0, 1));
  return [...[rule.source, rule.destination].flatMap((one) => (one === null ? [] : [one.value])), ...to];
}

function behindText(facts: Facts, text: string): readonly Behind[] {
  const [, address = text] = /^\[?([0-9a-fA-F.:]+?)\]?(?::\d+(?:-\d+)?)?$/.exec(text) ?? [];
  const parsed = parseIp(text) ?? parseIp(address);
  return parsed === undefined ? behindPrefix(facts, text as never) : behindAddress(facts, parsed);
}

/** `ns/name:port …`, with which kube-proxy begins its comments; of one that is gone from the API, its name alone. */
function serviceNamed(facts: Facts, comment: string): readonly Behind[] {
  const [, name] = /(?:^|for )([a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*(?::[a-z0-9-]+)?)(?: |$)/.exec(comment) ?? [];
  if (name === undefined) return [];
  const services = facts.seen('service', CLUSTER);
  const found = services.is === 'gap' ? undefined : services.value.find((one) => `${one.namespace}/${one.name}` === name.split(':')[0]);
  const isGone = services.is === 'seen' && services.complete && found === undefined;
  const because = `its comment names it${isGone ? ', and the API has no such Service any more' : ''}`;
  return [{ kind: 'Service', name, because, origin: found?.origin ?? null }];
}

/** The Service that the comments of a hashed chain's own rules name: the hash alone tells nothing without the objects. */
function namedAround(facts: Facts, table: IptablesTable, chain: string): readonly Behind[] {
  if (!/^KUBE-(SVC|SVL|EXT|FW|XLB|SEP)-/.test(chain)) return [];
  const rules = table.chains.find(({ name }) => name === chain)?.rules ?? [];
  const named = rules.flatMap((rule) => serviceNamed(facts, commentOf(rule) ?? ''));
  return named.map((one) => ({ ...one, because: `a rule in it names it${one.because.replace('its comment names it', '')}` }));
}

/** What would have to be captured to name what stands behind a hash. */
function gapsOf(facts: Facts, chain: string): readonly Gap[] {
  const kinds = /^KUBE-(SVC|SVL|EXT|FW|XLB|SEP)-/.test(chain)
    ? (['service', 'endpoints'] as const)
    : /^cali-p[io]-/.test(chain)
      ? (['network-policy', 'calico-policy'] as const)
      : [];
  return kinds.flatMap((kind) => {
    const read = facts.seen(kind, CLUSTER);
    return read.is === 'gap' ? [read.gap] : [];
  });
}

/** Each once; the first reason stands. */
export const distinct = (all: readonly Behind[]): readonly Behind[] =>
  all.filter((one, at) => all.findIndex((other) => other.kind === one.kind && nameOf(other) === nameOf(one)) === at);

/** A Service is the same whichever of its ports is meant. */
const nameOf = ({ name }: Behind): string => name.split(':')[0] ?? name;
