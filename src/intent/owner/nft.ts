import type { Facts } from '#facts/facts';
import { parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { CLUSTER } from '#snapshot/scope';
import { behindAddress } from './behind-address.ts';
import { distinct } from './iptables.ts';
import { programOfComment, programOfTable } from './names.ts';
import type { Behind, Owned } from './owned.ts';
import type { Placed } from './place.ts';

type OfNft = Extract<Placed, { is: 'nft rule' | 'nft chain' | 'nft set' | 'nft table' }>;

/** Whose a table of nftables is, or a rule, chain or set of it: the table is its program's. */
export function nftOwned(facts: Facts, placed: OfNft): Owned {
  const { table } = placed;
  const program = programOfTable(table.name);
  const comment = placed.is === 'nft rule' ? placed.rule.comment : null;
  const byComment = comment === null ? null : programOfComment(comment);
  const { what, name, text, origin } = wordsOf(placed);
  const because =
    program !== null
      ? `the table ${table.family} ${table.name} is ${program}'s`
      : byComment !== null
        ? `its comment is "${comment}"`
        : `no program is known to make a table ${table.family} ${table.name}: a person did, or one that is not known`;
  return {
    what: `nftables ${what}`,
    text,
    origin,
    owner: program ?? byComment,
    because,
    behind: distinct([...behindNames(facts, name), ...behindNames(facts, text), ...behindAddresses(facts, text)]),
    gaps: [],
  };
}

type Words = { readonly what: string; readonly name: string; readonly text: string; readonly origin: Origin };

/** How a thing of nftables is called, and its own words. */
function wordsOf(placed: OfNft): Words {
  const { table } = placed;
  const called = `${table.family} ${table.name}`;
  switch (placed.is) {
    case 'nft table':
      return { what: 'table', name: '', text: `table ${called}`, origin: table.origin };
    case 'nft chain':
      return { what: `chain in ${called}`, name: placed.chain.name, text: `chain ${placed.chain.name}`, origin: placed.chain.origin };
    case 'nft rule': {
      const { chain, rule } = placed;
      return { what: `rule in ${called} ${chain.name}`, name: chain.name, text: rule.text ?? '', origin: rule.origin };
    }
    case 'nft set': {
      const { set, words, origin } = placed;
      const kind = set.isMap ? 'map' : 'set';
      const of = words === '' ? '' : `: ${words.replace(/^elements = \{ ?/, '').replace(/[\s,}]+$/, '')}`;
      return { what: `${kind} in ${called}`, name: set.name, text: `${kind} ${set.name}${of}`, origin };
    }
  }
}

const CHAIN =
  /(?:service|local|endpoint|affinity|external|firewall)-[A-Z2-7]{8}-([a-z0-9.-]+)\/([a-z0-9.-]+)\/(?:tcp|udp|sctp)\/((?:(?!__)[a-z0-9-])*)/g;
const COMMENT = /\bcomment "([a-z0-9.-]+)\/([a-z0-9.-]+)(?::([a-z0-9-]+))?"/g;

/** kube-proxy's own names: `service-HASH-ns/name/proto/port`, `endpoint-HASH-ns/name/proto/port__address/port`; and an element's comment. */
function behindNames(facts: Facts, text: string): readonly Behind[] {
  const services = facts.seen('service', CLUSTER);
  const named = (because: string, namespace = '', name = '', port = ''): Behind => {
    const found = services.is === 'gap' ? undefined : services.value.find((one) => one.namespace === namespace && one.name === name);
    return { kind: 'Service', name: `${namespace}/${name}${port === '' ? '' : `:${port}`}`, because, origin: found?.origin ?? null };
  };
  return [
    ...[...text.matchAll(CHAIN)].map(([, ...parts]) => named("the chain's name says so", ...parts)),
    ...[...text.matchAll(COMMENT)].map(([, ...parts]) => named('its comment names it', ...parts)),
  ];
}

/** Pods and others whose addresses a text names. */
function behindAddresses(facts: Facts, text: string): readonly Behind[] {
  const words = text.split(/[\s,{}"[\]]+|__|:(?=\d+$)/).slice(0, 400);
  const addresses = words.flatMap((word) => parseIp(word.split('/')[0] ?? '') ?? []);
  return addresses.slice(0, 20).flatMap((address) => behindAddress(facts, address));
}
