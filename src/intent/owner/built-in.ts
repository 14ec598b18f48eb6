import { chainOwner } from '#facts/iptables/owner';
import type { IptablesRule, IptablesTable } from '#facts/iptables/iptables';

/** The bridges that Docker's own chains speak of in a table, whatever they are called. */
const bridgesIn = ({ chains }: IptablesTable): ReadonlySet<string> =>
  new Set(
    chains.flatMap(({ name, rules }) =>
      rules
        .filter(({ target }) => name.startsWith('DOCKER') || target?.name === 'DOCKER')
        .flatMap((rule) => [rule.in, rule.out].flatMap((one) => (one === null ? [] : [one.value]))),
    ),
  );

/** Where Docker's published ports lead. */
const publishedIn = ({ chains }: IptablesTable): ReadonlySet<string> =>
  new Set(
    chains
      .filter(({ name }) => name === 'DOCKER')
      .flatMap(({ rules }) => rules.flatMap(({ target }) => target?.options ?? []))
      .filter(({ name }) => name.endsWith('to-destination'))
      .flatMap(({ values }) => values.slice(0, 1))
      .map((to) => to.replace(/:\d+$/, '')),
  );

const bare = (value: string | undefined): string => (value ?? '').replace(/\/32$/, '');

/** Whether a rule of a built-in chain is one of those that Docker writes for a bridge, or for a published port of a container. */
export function isDockers(table: IptablesTable, rule: IptablesRule): boolean {
  const { in: from, out, source, destination, target } = rule;
  if (target?.name === 'MASQUERADE' && source !== null && source.value === destination?.value)
    return publishedIn(table).has(bare(source.value));
  // a person may drop or accept one port of a bridge of Docker's; Docker speaks of all that goes by it
  if (rule.protocol !== null || (target?.name !== 'ACCEPT' && target?.name !== 'MASQUERADE')) return false;
  const devices = [from, out].flatMap((one) => (one === null ? [] : [one.value]));
  return devices.length > 0 && devices.every((name) => bridgesIn(table).has(name));
}

/** What firewalld puts into built-in chains besides the jumps to its own (firewalld 1.3 `core/ipXtables.py`). */
const FIREWALLD: ReadonlySet<string> = new Set([
  '-m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT',
  '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  '-m conntrack --ctstate INVALID -j DROP',
  '-i lo -j ACCEPT',
  '-o lo -j ACCEPT',
  '-j REJECT --reject-with icmp-host-prohibited',
  '-j REJECT --reject-with icmp6-adm-prohibited',
  '-p ipv6-icmp -m icmp6 --icmpv6-type 134 -j ACCEPT',
  '-p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT',
  '-m rpfilter --validmark --invert -j DROP',
]);

/** Whether a rule of a built-in chain is word by word one of firewalld's, in a table that holds its chains. */
export const isFirewalld = ({ chains }: IptablesTable, { text }: IptablesRule): boolean =>
  FIREWALLD.has(text.replace(/^(?:\[\d+:\d+\] )?-A \S+ /, '')) && chains.some(({ name }) => chainOwner(name) === 'firewalld');
