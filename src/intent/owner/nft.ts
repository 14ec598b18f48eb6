import type { Facts } from '#facts/facts';
import { parseIp } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { behindAddress } from './behind-address.ts';
import { distinct } from './iptables.ts';
import { programOfComment, programOfTable } from './names.ts';
import type { Behind, Owned } from './owned.ts';
import type { Placed } from './place.ts';

type OfNft = Extract<Placed, { is: 'nft rule' | 'nft chain' | 'nft set' }>;

/** Whose a rule, chain or set of a native nftables table is: the table is its program's. */
export function nftOwned(facts: Facts, placed: OfNft): Owned {
  const { table } = placed;
  const program = programOfTable(table.name);
  const comment = placed.is === 'nft rule' ? placed.rule.comment : null;
  const byComment = comment === null ? null : programOfComment(comment);
  const name = placed.is === 'nft set' ? placed.set.name : placed.chain.name;
  const text = placed.is === 'nft rule' ? (placed.rule.text ?? '') : `${placed.is === 'nft set' ? 'set' : 'chain'} ${name}`;
  const because =
    program !== null
      ? `the table ${table.family} ${table.name} is ${program}'s`
      : byComment !== null
        ? `its comment is "${comment}"`
        : `no program is known to make a table ${table.family} ${table.name}: a person did, or one that is not known`;
  return {
    what: `nftables ${placed.is.slice('nft '.length)} in ${table.family} ${table.name}${placed.is === 'nft rule' ? ` ${name}` : ''}`,
    text,
    origin: placed.is === 'nft rule' ? placed.rule.origin : placed.is === 'nft set' ? placed.set.origin : placed.chain.origin,
    owner: program ?? byComment,
    because,
    behind: distinct([...behindNames(facts, name), ...behindNames(facts, text), ...behindAddresses(facts, text)]),
    gaps: [],
  };
}

/** kube-proxy's own names: `service-HASH-ns/name/proto/port`, `endpoint-HASH-ns/name/proto/port__address/port`. */
function behindNames(facts: Facts, text: string): readonly Behind[] {
  const services = facts.seen('service', CLUSTER);
  return [
    ...text.matchAll(/(?:service|endpoint|external|firewall)-[A-Z2-7]{8}-([a-z0-9.-]+)\/([a-z0-9.-]+)\/(?:tcp|udp|sctp)\/([a-z0-9-]*)/g),
  ].map(([, namespace = '', name = '', port = '']): Behind => {
    const found = services.is === 'gap' ? undefined : services.value.find((one) => one.namespace === namespace && one.name === name);
    const called = `${namespace}/${name}${port === '' ? '' : `:${port.replace(/__.*$/, '')}`}`;
    return { kind: 'Service', name: called, because: "the chain's name says so", origin: found?.origin ?? null };
  });
}

/** Pods and others whose addresses a text names. */
function behindAddresses(facts: Facts, text: string): readonly Behind[] {
  const words = text.split(/[\s,{}"[\]]+|__|:(?=\d+$)/).slice(0, 400);
  const addresses = words.flatMap((word) => parseIp(word.split('/')[0] ?? '') ?? []);
  return addresses.slice(0, 20).flatMap((address) => behindAddress(facts, address));
}
